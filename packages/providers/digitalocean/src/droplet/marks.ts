/**
 * Muster's tags as tags of a droplet. Those are words of letters, digits, `_`, `:` and `-`, at most 255, whose case is that
 * of whoever used them first in the account: so keys and values are written in lower-case hexadecimal, and read in any case.
 * A value that is too long for one word is written in parts: `muster:KEY:1-3:…`.
 */
import type { Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";

/** `muster`: what Muster gives to be kept. `muster-droplet`: what this provider itself has to remember of a droplet. */
export type Realm = "muster" | "muster-droplet";

const LONGEST_WORD = 255;
const LONGEST_KEY = 80;
/** Room for `:99-99:`. */
const LONGEST_COUNT = 7;

export function wordsFor(realm: Realm, tags: Tags): readonly string[] {
  return Object.entries(tags).flatMap(([key, value]) => wordsOf(realm, key, value));
}

function wordsOf(realm: Realm, key: string, value: string): readonly string[] {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > LONGEST_KEY) {
    throw new ProviderError(
      "invalid",
      `no droplet can bear a tag with the key ${JSON.stringify(key)}: it must have 1 to ${LONGEST_KEY} bytes`,
    );
  }
  const begin = `${realm}:${hex(key)}:`;
  const digits = hex(value);
  if (begin.length + digits.length <= LONGEST_WORD) return [`${begin}${digits}`];
  const room = LONGEST_WORD - begin.length - LONGEST_COUNT;
  const count = Math.ceil(digits.length / room);
  if (count > 99) throw new ProviderError("invalid", `no droplet can bear a tag as long as that of ${key}`);
  return Array.from(
    { length: count },
    (_, at) => `${begin}${at + 1}-${count}:${digits.slice(at * room, (at + 1) * room)}`,
  );
}

export interface ReadWords {
  readonly marks: Tags;
  readonly notes: Tags;
  /** What is neither, as it stands there. */
  readonly others: readonly string[];
}

const WORD = /^(muster|muster-droplet):([0-9a-f]+):(?:([1-9]\d?)-([1-9]\d?):)?([0-9a-f]*)$/;

/** What a droplet's tags say. Of a value in parts of which one is missing, nothing is said. */
export function readWords(words: readonly string[]): ReadWords {
  const parts = {
    muster: new Map<string, Map<number, Part>>(),
    "muster-droplet": new Map<string, Map<number, Part>>(),
  };
  const others: string[] = [];
  for (const word of words) {
    const [, realm, key, number = "1", count = "1", digits = ""] = WORD.exec(word.toLowerCase()) ?? [];
    if (key === undefined || (realm !== "muster" && realm !== "muster-droplet")) {
      if (!isOurs(word)) others.push(word);
      continue;
    }
    const found = parts[realm].get(key) ?? new Map<number, Part>();
    found.set(Number(number), { count: Number(count), digits });
    parts[realm].set(key, found);
  }
  return { marks: whole(parts.muster), notes: whole(parts["muster-droplet"]), others };
}

interface Part {
  readonly count: number;
  readonly digits: string;
}

function whole(parts: ReadonlyMap<string, ReadonlyMap<number, Part>>): Tags {
  const entries: [string, string][] = [];
  for (const [key, found] of parts) {
    const inOrder = [...found].toSorted(([a], [b]) => a - b);
    const isWhole = inOrder.every(([number, { count }], at) => number === at + 1 && count === found.size);
    if (isWhole) entries.push([text(key), text(inOrder.map(([, { digits }]) => digits).join(""))]);
  }
  return Object.fromEntries(entries);
}

/** Whether a tag of a droplet is none of those that people put there. */
export function isOurs(word: string): boolean {
  return /^muster(?:-droplet)?:/i.test(word);
}

/** The word by which a list of what bears these tags is kept short: all of a stack's are listed at once. */
export function filterFor(by: Tags): string | undefined {
  const key = "muster.stack" in by ? "muster.stack" : Object.keys(by).at(-1);
  return key === undefined ? undefined : wordsOf("muster", key, by[key] ?? "")[0];
}

function hex(words: string): string {
  return Buffer.from(words, "utf8").toString("hex");
}

function text(digits: string): string {
  return Buffer.from(digits, "hex").toString("utf8");
}
