import { didYouMean, isObject, type Json, nearest, SELF_WORDS } from "@muster/model";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { listed } from "./values.ts";

const WORDS: readonly string[] = SELF_WORDS;

/** Notes every `${self.…}` that no member can answer, wherever it stands in the value. */
export function checkReferences(value: Json, path: Path, place: (inner: Path) => Path, problems: Problems): void {
  if (typeof value === "string") checkText(value, place(path), problems);
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      checkReferences(item, [...path, index], place, problems);
    });
  }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) checkReferences(inner, [...path, key], place, problems);
}

function checkText(text: string, path: Path, problems: Problems): void {
  for (const [, word = ""] of text.matchAll(/\$\{self\.([^}]*)\}/g)) {
    if (WORDS.includes(word)) continue;
    const words = { word, nearest: didYouMean(nearest(word, WORDS)), known: listed(WORDS) };
    problems.add("declaration.unknown-reference", words, path);
  }
}
