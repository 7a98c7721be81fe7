/** Files whose content names the members of groups: docs/decisions/0008-front-door.md. */

/** A text with gaps that members of groups fill. `at` is where a tag begins in the text as it was written. */
export type Form = readonly FormPart[];

export type FormPart =
  | { readonly kind: "text"; readonly text: string }
  /** A word of the member that the loop around it is at. */
  | { readonly kind: "word"; readonly word: MemberWord; readonly at: number }
  /** `body` for each member of a group, in the order of their slots; `otherwise` once where there is none. */
  | {
      readonly kind: "each";
      readonly group: string;
      readonly body: Form;
      readonly otherwise: Form;
      readonly at: number;
    }
  | {
      readonly kind: "if";
      /** Whether a group has a member, or the member has the word. */
      readonly asks:
        | { readonly kind: "group"; readonly group: string }
        | { readonly kind: "word"; readonly word: MemberWord };
      readonly body: Form;
      readonly otherwise: Form;
      readonly at: number;
    };

/** What a member offers to a form; `tags.KEY` is one of its tags. */
export const MEMBER_WORDS = ["slot", "id", "port", "since"] as const;
export type MemberWord = (typeof MEMBER_WORDS)[number] | `tags.${string}`;

/** A command that is run without a shell. */
export interface Command {
  readonly command: readonly [string, ...string[]];
  /** It is ended when it has not ended by itself by then, in milliseconds. */
  readonly timeoutMs: number;
}

/** A command that tells somebody of a change. */
export interface Notify extends Command {
  /** After it has ended, what it asked for may not be done yet for so long, in milliseconds. */
  readonly settleMs: number;
}

/** A file whose content may name the members of groups that can be given work. */
export interface FrontFile {
  readonly path: string;
  readonly content: Form;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Run before the file is exchanged; `${file}` is the path of the new content. Where it fails, the old file stays. */
  readonly check?: Command;
  /** Run after the file has changed. */
  readonly notify?: Notify;
}

/** Where a form speaks of a group, and which word of its members it asks for there. */
export interface FormReference {
  readonly group: string;
  readonly word?: MemberWord;
  readonly at: number;
}

/** Everything that a form says of groups, in the order of the text. */
export function referencesOf(form: Form, around?: string): readonly FormReference[] {
  return form.flatMap((part) => referencesIn(part, around));
}

function referencesIn(part: FormPart, around: string | undefined): readonly FormReference[] {
  switch (part.kind) {
    case "text":
      return [];
    case "word":
      return around === undefined ? [] : [{ group: around, word: part.word, at: part.at }];
    case "each": {
      const { group, at } = part;
      return [{ group, at }, ...referencesOf(part.body, group), ...referencesOf(part.otherwise, around)];
    }
    case "if": {
      const { asks, at } = part;
      const asked = asks.kind === "group" ? [{ group: asks.group, at }] : [];
      return [...asked, ...referencesOf(part.body, around), ...referencesOf(part.otherwise, around)];
    }
  }
}
