import type { Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import type { Droplet } from "../api/answers.ts";
import type { Hands } from "./hands.ts";
import { readWords, wordsFor } from "./marks.ts";
import { noteOfTags, readNotes } from "./notes.ts";
import { resize } from "./power.ts";
import type { DropletProperties } from "./properties.ts";
import { changeWords, NO_CHANGE, type WordChange, wordChange } from "./words.ts";

/** Changes what differs on a droplet that is there, what may restart it last. What is not wanted in any way is not touched. */
export async function update(
  hands: Hands,
  id: number,
  want: Partial<DropletProperties>,
  signal: AbortSignal,
): Promise<void> {
  const { droplets } = hands;
  // What was seen when this was decided may be old by now.
  const droplet = await droplets.get(id, signal);
  if (droplet === undefined) throw new ProviderError("retryable", `droplet ${id} is not there any more`);
  await changeSettings(hands, droplet, want, signal);
  await changeTags(hands, droplet, want, signal);
  if (want.size !== undefined && isOther(droplet, want.size)) await resize(hands, droplet, want.size);
}

async function changeSettings(
  { actions }: Hands,
  { id, name, features }: Droplet,
  want: Partial<DropletProperties>,
  signal: AbortSignal,
): Promise<void> {
  const is = (feature: string) => features.includes(feature);
  if (want.ipv6 === false && is("ipv6")) throw impossible(id, "IPv6");
  if (want.private_networking === false && is("private_networking")) throw impossible(id, "private networking");
  if (want.name !== undefined && want.name !== name)
    await actions.perform(id, { type: "rename", name: want.name }, signal);
  if (want.backups !== undefined && want.backups !== is("backups")) {
    await actions.perform(id, { type: want.backups ? "enable_backups" : "disable_backups" }, signal);
  }
  if (want.ipv6 === true && !is("ipv6")) await actions.perform(id, { type: "enable_ipv6" }, signal);
  if (want.private_networking === true && !is("private_networking")) {
    await actions.perform(id, { type: "enable_private_networking" }, signal);
  }
}

function impossible(id: number, what: string): ProviderError {
  return new ProviderError(
    "invalid",
    `${what} of droplet ${id} cannot be switched off: only another droplet is without`,
  );
}

/** Its own tags, and the notes of what was declared. */
async function changeTags(
  hands: Hands,
  { id, image, tags }: Droplet,
  want: Partial<DropletProperties>,
  signal: AbortSignal,
): Promise<void> {
  const { notes, others } = readWords(tags);
  const noted = noteChanges(notes, {
    // What it was made of is a note only where it is true, or cannot be told any more.
    ...(want.image === undefined || !isMadeOf(image, want.image) ? {} : { image: JSON.stringify(want.image) }),
    ...(want.tags === undefined ? {} : { tags: noteOfTags(want.tags)["tags"] }),
  });
  const own = want.tags === undefined ? NO_CHANGE : wordChange(others, want.tags);
  await changeWords(hands, id, { put: [...own.put, ...noted.put], take: [...own.take, ...noted.take] }, signal);
}

/** @param want by key, what is to be noted; undefined: nothing */
function noteChanges(is: Tags, want: Readonly<Record<string, string | undefined>>): WordChange {
  const only = (notes: Readonly<Record<string, string | undefined>>) =>
    Object.keys(want).flatMap((key) => {
      const note = notes[key];
      return note === undefined ? [] : wordsFor("muster-droplet", { [key]: note });
    });
  return wordChange(only(is), only(want));
}

function isMadeOf(image: Droplet["image"], declared: string | number): boolean {
  if (!image) return false;
  return typeof declared === "number" ? image.id === declared : !image.slug || image.slug === declared;
}

function isOther({ size_slug, tags }: Droplet, size: string): boolean {
  return size_slug !== size || readNotes(readWords(tags).notes).halted;
}
