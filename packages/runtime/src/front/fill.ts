/** Fills a form with members. Pure: the same members give the same text. */
import type { Form, FormPart } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { type Offered, wordOf } from "./offered.ts";

/** Longer texts are not made: what loops over thousands of members could grow without an end. */
const LONGEST = 16 * 1024 * 1024;

export type OfferedBy = ReadonlyMap<string, readonly Offered[]>;

/** Throws `invalid` where a member has not the word that is asked for, or one that cannot stand in a line. */
export function fill(form: Form, groups: OfferedBy): string {
  let text = "";

  function write(more: string): void {
    text += more;
    if (text.length > LONGEST) throw new ProviderError("invalid", `its content would be longer than ${LONGEST} bytes`);
  }

  function writeAll(parts: Form, at: Place | undefined): void {
    for (const part of parts) writePart(part, at);
  }

  function writePart(part: FormPart, at: Place | undefined): void {
    switch (part.kind) {
      case "text":
        write(part.text);
        return;
      case "word":
        if (at !== undefined) write(confirmed(wordOf(at.member, part.word), part.word, at));
        return;
      case "each": {
        const members = groups.get(part.group) ?? [];
        for (const member of members) writeAll(part.body, { group: part.group, member });
        if (members.length === 0) writeAll(part.otherwise, at);
        return;
      }
      case "if":
        writeAll(holds(part.asks, at) ? part.body : part.otherwise, at);
    }
  }

  function holds(asks: Extract<FormPart, { kind: "if" }>["asks"], at: Place | undefined): boolean {
    if (asks.kind === "group") return (groups.get(asks.group) ?? []).length > 0;
    return at !== undefined && wordOf(at.member, asks.word) !== undefined;
  }

  writeAll(form, undefined);
  return text;
}

/** Where a loop is. */
interface Place {
  readonly group: string;
  readonly member: Offered;
}

/** Tags come from providers: one with a line break in it could add lines of its own. */
function confirmed(value: string | undefined, word: string, { group, member }: Place): string {
  if (value === undefined) throw new ProviderError("invalid", `${nameOf(group, member)} has no \`${word}\``);
  if (/\p{Cc}/u.test(value)) {
    throw new ProviderError("invalid", `\`${word}\` of ${nameOf(group, member)} has a line break or the like in it`);
  }
  return value;
}

/** `web/3 (i-17)`: as the history names a member of a file. */
export function nameOf(group: string, { slot, id }: Pick<Offered, "slot" | "id">): string {
  return slot === "" || slot === id ? `${group}/${id}` : `${group}/${slot} (${id})`;
}
