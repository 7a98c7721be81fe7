import { didYouMean, EVENT_TYPES, type EventType, MusterError, nearest } from "@muster/model";

/** `instance.created,rollout`: types, and families of them. Throws `usage.bad-value`. */
export function eventTypesOf(text: string): readonly EventType[] {
  return [...new Set(text.split(",").flatMap((word) => typesOf(word.trim())))];
}

const FAMILIES = [...new Set(EVENT_TYPES.map((type) => type.slice(0, type.indexOf("."))))];

function typesOf(word: string): readonly EventType[] {
  const found = EVENT_TYPES.filter((type) => type === word || type.startsWith(`${word}.`));
  if (found.length > 0) return found;
  throw new MusterError("usage.bad-value", {
    what: "--type",
    detail: `there is no event type \`${word}\`${didYouMean(nearest(word, [...EVENT_TYPES, ...FAMILIES]))}`,
    wanted: `a type as instance.created, or all of a kind: ${FAMILIES.join(", ")}`,
  });
}
