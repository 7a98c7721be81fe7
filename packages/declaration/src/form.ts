/**
 * Texts that name the members of groups: `{{#each groups.web}} … {{port}} … {{else}} … {{/each}}` and
 * `{{#if groups.web}} … {{else}} … {{/if}}`. A tag that opens, parts or closes takes its line with it when it stands alone
 * there; `\{{` writes `{{`. docs/decisions/0008-front-door.md says why it is a language of its own.
 */
import { didYouMean, type Form, type FormPart, MEMBER_WORDS, type MemberWord, nearest } from "@muster/model";

export interface FormProblem {
  /** Where in the text. */
  readonly at: number;
  readonly detail: string;
  readonly fix: string;
}

type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tag"; readonly tag: string; readonly at: number };
type Tag = Extract<Token, { kind: "tag" }>;

const FIX_WORD = `A member has ${MEMBER_WORDS.join(", ")} and tags.KEY. To write \`{{\` itself, put a backslash before it.`;
const FIX_LOOP = "Write it between `{{#each groups.NAME}}` and `{{/each}}`.";
const MOST_NESTED = 20;

/** The form that a text stands for. What is wrong is noted, and left out. */
export function formOf(text: string, note: (problem: FormProblem) => void): Form {
  const tokens = tokensOf(text, note)[Symbol.iterator]();
  /** What closes the part that was read last. */
  let end: Tag | undefined;

  function readParts(opened: readonly Tag[], group: string | undefined): Form {
    const parts: FormPart[] = [];
    end = undefined;
    for (let next = tokens.next(); next.done !== true; next = tokens.next()) {
      const token = next.value;
      if (token.kind === "text") {
        parts.push(token);
      } else if (isEnd(token)) {
        if (opened.length > 0) {
          end = token;
          return parts;
        }
        const fix = "Take it out, or open before it what it is to close.";
        note({ at: token.at, detail: `\`{{${token.tag}}}\` closes nothing`, fix });
      } else {
        const part = readPart(token, opened, group);
        end = undefined;
        if (part !== undefined) parts.push(part);
      }
    }
    return parts;
  }

  function readPart(token: Tag, opened: readonly Tag[], group: string | undefined): FormPart | undefined {
    const { tag, at } = token;
    const [, opener = "", asked = ""] = /^#(\S*)\s*(.*)$/.exec(tag) ?? [];
    if (!tag.startsWith("#")) {
      const word = wordOf(tag, token, group);
      return word && { kind: "word", word, at };
    }
    if (opened.length >= MOST_NESTED) {
      note({ at, detail: `\`{{${tag}}}\` is nested too deeply`, fix: `Nest at most ${MOST_NESTED} levels.` });
      return undefined;
    }
    const name = /^groups\.(\S+)$/.exec(asked)?.[1];
    if (opener === "each") {
      const inner = readBlock(token, opened, name ?? "");
      if (group !== undefined) {
        note({
          at,
          detail: `\`{{${tag}}}\` stands inside of another \`{{#each}}\``,
          fix: "Write one after the other.",
        });
      } else if (name === undefined) {
        note({ at, detail: `\`{{${tag}}}\` names no group`, fix: "Write `{{#each groups.NAME}}`." });
      }
      return name === undefined ? undefined : { kind: "each", group: name, ...inner, at };
    }
    if (opener === "if") {
      const word = name === undefined ? wordOf(asked, token, group) : undefined;
      const inner = readBlock(token, opened, group);
      if (name !== undefined) return { kind: "if", asks: { kind: "group", group: name }, ...inner, at };
      return word && { kind: "if", asks: { kind: "word", word }, ...inner, at };
    }
    const near = didYouMean(nearest(opener, ["each", "if"]));
    note({
      at,
      detail: `\`{{${tag}}}\` is not known${near}`,
      fix: "There are `{{#each groups.NAME}}` and `{{#if …}}`.",
    });
    readBlock({ ...token, tag: "#" }, opened, group ?? "");
    return undefined;
  }

  /** What stands between a tag that opens and the one that closes it. Within `otherwise` a loop has no member. */
  function readBlock(open: Tag, opened: readonly Tag[], group: string | undefined): { body: Form; otherwise: Form } {
    const kind = /^#(\S*)/.exec(open.tag)?.[1] ?? "";
    const body = readParts([...opened, open], group);
    const otherwise = end?.tag === "else" ? readParts([...opened, open], kind === "each" ? undefined : group) : [];
    const { tag, at } = end ?? { tag: "", at: open.at };
    const wanted = `{{/${kind}}}`;
    if (tag === "")
      note({ at, detail: `\`{{${open.tag}}}\` is not closed`, fix: `Write \`${wanted}\` where it ends.` });
    else if (kind !== "" && tag !== `/${kind}`) {
      note({ at, detail: `\`{{${tag}}}\` stands where \`{{${open.tag}}}\` ends`, fix: `Write \`${wanted}\` here.` });
    }
    return { body, otherwise };
  }

  function wordOf(word: string, { tag, at }: Tag, group: string | undefined): MemberWord | undefined {
    if (!isMemberWord(word)) {
      const near = didYouMean(nearest(word, [...MEMBER_WORDS, "tags", "else"]));
      note({ at, detail: `\`{{${tag}}}\` is not known${near}`, fix: FIX_WORD });
      return undefined;
    }
    if (group !== undefined) return word;
    note({ at, detail: `\`{{${tag}}}\` is a word of a member, and there is none here`, fix: FIX_LOOP });
    return undefined;
  }

  return readParts([], undefined);
}

function isEnd({ tag }: Tag): boolean {
  return tag === "else" || tag.startsWith("/");
}

function isMemberWord(word: string): word is MemberWord {
  return (MEMBER_WORDS as readonly string[]).includes(word) || /^tags\.\S+$/.test(word);
}

function tokensOf(text: string, note: (problem: FormProblem) => void): readonly Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of text.matchAll(/\\\{\{|\{\{([^{}\n]*)\}\}|\{\{/g)) {
    const [written, inner] = match;
    const at = match.index;
    const tag = inner?.trim();
    if (tag === undefined && written === "{{") {
      const fix = "Close it with `}}` on the same line. To write `{{` itself, put a backslash before it.";
      note({ at, detail: "`{{` is not closed", fix });
      continue;
    }
    const { begin, end } = tag === undefined ? { begin: at, end: at + written.length } : spanOf(text, at, written, tag);
    if (begin > from) tokens.push({ kind: "text", text: text.slice(from, begin) });
    tokens.push(tag === undefined ? { kind: "text", text: "{{" } : { kind: "tag", tag, at });
    from = end;
  }
  if (from < text.length) tokens.push({ kind: "text", text: text.slice(from) });
  return tokens;
}

/** What a tag takes out of the text: itself, or its whole line where it is one of those that say nothing themselves. */
function spanOf(text: string, at: number, written: string, tag: string): { begin: number; end: number } {
  let begin = at;
  let end = at + written.length;
  while (isBlank(text[begin - 1])) begin--;
  while (isBlank(text[end])) end++;
  const isAlone = (begin === 0 || text[begin - 1] === "\n") && (end === text.length || text[end] === "\n");
  if (isAlone && /^(#|\/|else$)/.test(tag)) return { begin, end: Math.min(end + 1, text.length) };
  return { begin: at, end: at + written.length };
}

function isBlank(letter: string | undefined): boolean {
  return letter === " " || letter === "\t" || letter === "\r";
}
