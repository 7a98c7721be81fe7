import {
  didYouMean,
  isObject,
  type Json,
  nearest,
  partsOfAddress,
  resourceReferencesIn,
  SELF_WORDS,
} from "@muster/model";
import type { Type } from "@muster/plugin";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { listed, shortened } from "./values.ts";

/** What members of this type can say of themselves. Of a type that is not known nothing is refused here. */
export function wordsOf(type: Pick<Type, "ports"> | undefined): readonly string[] {
  return type === undefined || type.ports === true ? SELF_WORDS : SELF_WORDS.filter((word) => word !== "port");
}

interface Checked {
  readonly words: readonly string[];
  /** The types of the stack's resources: a text that speaks of another is anybody's. */
  readonly kinds: ReadonlySet<string>;
  place(inner: Path): Path;
}

/** Notes every `${self.…}` that no member can answer, wherever it stands in the value. */
export function checkReferences(value: Json, path: Path, checked: Checked, problems: Problems): void {
  if (typeof value === "string") checkText(value, path, checked, problems);
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      checkReferences(item, [...path, index], checked, problems);
    });
  }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) checkReferences(inner, [...path, key], checked, problems);
}

function checkText(text: string, path: Path, { words: known, kinds, place }: Checked, problems: Problems): void {
  noteResourceReferences(text, kinds, place(path), problems);
  for (const [, word = ""] of text.matchAll(/\$\{self\.([^}]*)\}/g)) {
    if (known.includes(word)) continue;
    const words = { word, nearest: didYouMean(nearest(word, known)), known: listed(known) };
    problems.add("declaration.unknown-reference", words, place(path));
  }
}

/** What a member, or a file that follows groups, takes from resources: not yet. */
export function noteResourceReferences(text: string, kinds: ReadonlySet<string>, path: Path, problems: Problems): void {
  for (const { text: reference, address } of resourceReferencesIn(text)) {
    if (!kinds.has(partsOfAddress(address)?.type ?? "")) continue;
    const detail = "only resources can take values from resources so far";
    const fix = "Write the value itself.";
    problems.add("declaration.bad-reference", { reference: shortened(reference), detail, fix }, path);
  }
}
