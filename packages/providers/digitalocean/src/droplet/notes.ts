/** What this provider has to remember of a droplet, and the API cannot: kept as tags of it. */
import { type Json, sameJson, type Tags } from "@muster/model";
import type { DropletProperties } from "./properties.ts";

export interface Notes {
  /** The image as it was declared: a slug comes to mean another image, and the one it meant loses it. */
  readonly image?: string | number;
  /** The tags as they were declared, where the API would show them otherwise. */
  readonly tags?: readonly string[];
  /** Of what is never shown again, digests. */
  readonly digests: Readonly<Record<string, string>>;
  /** It was switched off to change its size, and is to be switched on again. */
  readonly halted: boolean;
}

/** What stands on a droplet between being switched off and being switched on again. */
export const HALTED: Tags = { halted: "1" };

export function notesFor(want: DropletProperties, digests: Readonly<Record<string, string>> = {}): Tags {
  return {
    image: JSON.stringify(want.image),
    ...noteOfTags(want.tags),
    ...Object.fromEntries(Object.entries(digests).map(([key, digest]) => [`digest.${key}`, digest])),
  };
}

export function noteOfTags(tags: readonly string[] | undefined): Tags {
  return tags === undefined || sameJson(tags, plainTags(tags)) ? {} : { tags: JSON.stringify(tags) };
}

/** Tags as they are compared: the API gives them in an order of its own, and in the case of their first use. */
export function plainTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].toSorted();
}

export function readNotes(notes: Tags): Notes {
  const image = parsed(notes["image"]);
  const tags = parsed(notes["tags"]);
  const digests = Object.entries(notes).filter(([key]) => key.startsWith("digest."));
  return {
    ...(typeof image === "string" || typeof image === "number" ? { image } : {}),
    ...(isTexts(tags) ? { tags } : {}),
    digests: Object.fromEntries(digests.map(([key, digest]) => [key.slice("digest.".length), digest])),
    halted: notes["halted"] !== undefined,
  };
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** Undefined where somebody has written something else there. */
function parsed(note: string | undefined): Json | undefined {
  if (note === undefined) return undefined;
  try {
    return JSON.parse(note);
  } catch {
    return undefined;
  }
}
