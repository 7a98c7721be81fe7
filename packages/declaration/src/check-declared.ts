/** Whether what checks take from their member, their resource or others can be had. */
import {
  type CheckReference,
  checkReferencesIn,
  didYouMean,
  type GroupDeclaration,
  type Json,
  nearest,
  ownOf,
  type ResourceDeclaration,
} from "@muster/model";
import { type Catalog, isSecret, type ResourceType, type Type } from "@muster/plugin";
import { checkTaken, offersOf } from "./check-links.ts";
import { eachText, referencesLike } from "./check-texts.ts";
import { valueAt } from "./places.ts";
import type { Problems } from "./problems.ts";
import { wordsOf } from "./references.ts";
import { type Declared, placeIn } from "./resource-places.ts";
import type { Path, What } from "./source.ts";
import { listed, shortened } from "./values.ts";

const ESCAPE = "To write `${` itself, write `$${`.";

/** A member's own words, and no others: members take no values from resources yet. */
export function checkChecksOfGroup(
  group: GroupDeclaration,
  type: Type | undefined,
  { data }: Declared,
  problems: Problems,
): void {
  const known = wordsOf(type);
  inChecks(data, ["groups", group.name, "checks"], problems, (reference, at) => {
    if (reference.of === "self") {
      if (!known.includes(reference.word)) noteUnknownWord(reference.word, known, at, problems);
      return;
    }
    const detail = "only resources can take values from resources so far";
    noteBad(reference.text, detail, `Write the value itself. ${ESCAPE}`, at, problems);
  });
}

/** Its own properties and what can be read of it, and those of other resources. */
export function checkChecksOfResource(
  resource: ResourceDeclaration,
  type: ResourceType | undefined,
  declared: Declared,
  catalog: Catalog,
  problems: Problems,
): void {
  if (resource.checks.length === 0) return;
  inChecks(declared.data, placeIn(resource, "checks"), problems, (reference, at) => {
    if (reference.of === "resource") return checkTaken(reference, at, declared, catalog, problems);
    const { text, word } = reference;
    const known = type === undefined ? [word] : offersOf(type);
    if (isSecret(ownOf(resource.properties, word))) {
      const detail = `\`${word}\` is a secret, and what a check speaks of is shown`;
      noteBad(text, detail, "Check something else of it.", at, problems);
    } else if (!known.includes(word)) {
      const detail = `${resource.type} has no \`${shortened(word)}\`${didYouMean(nearest(word, known))}`;
      noteBad(text, detail, `Known: ${listed(known)}. ${ESCAPE}`, at, problems);
    }
  });
}

/** Values of resources. */
export function checkChecksOfStack(declared: Declared, catalog: Catalog, problems: Problems): void {
  inChecks(declared.data, ["checks"], problems, (reference, at) => {
    if (reference.of === "resource") return checkTaken(reference, at, declared, catalog, problems);
    const detail = "`self` is a member or a resource, and a check of the whole stack has neither";
    noteBad(reference.text, detail, "Put the check into the group or the resource that it speaks of.", at, problems);
  });
}

/** Tells of each reference; notes what is written like one and is none, and what stands where nothing is put in. */
function inChecks(
  data: Json,
  path: Path,
  problems: Problems,
  tell: (reference: CheckReference, at: Path) => void,
): void {
  eachText(valueAt(data, path) ?? null, path, (text, at, isKey) => {
    if (problems.isFull()) return;
    for (const like of referencesLike(text)) {
      const [reference] = checkReferencesIn(like);
      if (isKey) noteBad(like, "values are put into texts, and not into names", ESCAPE, at, problems, "key");
      else if (reference !== undefined) tell(reference, at);
      else
        noteBad(
          like,
          "it is no reference",
          `Write \`\${self.WORD}\` or \`\${TYPE.NAME.PROPERTY}\`. ${ESCAPE}`,
          at,
          problems,
        );
    }
  });
}

function noteUnknownWord(word: string, known: readonly string[], at: Path, problems: Problems): void {
  const words = { word: shortened(word), nearest: didYouMean(nearest(word, known)), known: listed(known) };
  problems.add("declaration.unknown-reference", words, at);
}

function noteBad(reference: string, detail: string, fix: string, at: Path, problems: Problems, what?: What): void {
  problems.add("declaration.bad-reference", { reference: shortened(reference), detail, fix }, at, what);
}
