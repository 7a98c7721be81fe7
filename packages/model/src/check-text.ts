import type { Check } from "./check.ts";
import type { Json } from "./json.ts";

/** The characters of a name that are shown. */
const LONGEST = 120;

/**
 * What a check is called where everybody can read it, and for ever: its title, or what it asks. No name or password of an
 * address, no query, and no argument of a command.
 */
export function checkText({ kind, title, subject }: Pick<Check, "kind" | "title" | "subject">): string {
  const text = title ?? `${kind} ${publicSubject(kind, subject)}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function publicSubject(kind: string, subject: Json): string {
  if (kind === "command") {
    const [word = "", ...others] = Array.isArray(subject) ? subject.map(String) : String(subject).split(/\s+/);
    return others.length === 0 ? word : `${word} …`;
  }
  const text = typeof subject === "string" ? subject : JSON.stringify(subject);
  return text.replace(/^(\w+:\/\/)[^/@]*@/, "$1").replace(/^(\w+:\/\/[^?#]*)[?#].*$/, "$1");
}
