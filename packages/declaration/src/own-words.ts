/** What Muster itself reads in the entry of a resource; everything else there is a property of its type. */
export const OWN_WORDS = [
  "id",
  "ensure",
  "dependsOn",
  "notify",
  "protect",
  "ignore",
  "onDrift",
  "provider",
  "allow",
  "checks",
] as const;
export type OwnWord = (typeof OWN_WORDS)[number];

export function isOwnWord(key: string): key is OwnWord {
  return (OWN_WORDS as readonly string[]).includes(key);
}
