import { ProviderError } from "@muster/plugin";
import type { Droplet } from "../api/answers.ts";
import type { Hands } from "./hands.ts";
import { readWords, wordsFor } from "./marks.ts";
import { noteOfTags, readNotes } from "./notes.ts";
import { resize } from "./power.ts";
import type { DropletProperties } from "./properties.ts";
import { changeWords, wordChange } from "./words.ts";

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
  if (want.tags !== undefined) await changeTags(hands, droplet, want.tags, signal);
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
  if (want.name !== undefined && want.name !== name) await actions.perform(id, { type: "rename", name: want.name }, signal);
  if (want.backups !== undefined && want.backups !== is("backups")) {
    await actions.perform(id, { type: want.backups ? "enable_backups" : "disable_backups" }, signal);
  }
  if (want.ipv6 === true && !is("ipv6")) await actions.perform(id, { type: "enable_ipv6" }, signal);
  if (want.private_networking === true && !is("private_networking")) {
    await actions.perform(id, { type: "enable_private_networking" }, signal);
  }
}

function impossible(id: number, what: string): ProviderError {
  return new ProviderError("invalid", `${what} of droplet ${id} cannot be switched off: only another droplet is without`);
}

async function changeTags(hands: Hands, droplet: Droplet, want: readonly string[], signal: AbortSignal): Promise<void> {
  const { notes, others } = readWords(droplet.tags);
  const own = wordChange(others, want);
  const noted = wordsFor("muster-droplet", notes["tags"] === undefined ? {} : { tags: notes["tags"] });
  const note = wordChange(noted, wordsFor("muster-droplet", noteOfTags(want)));
  const all = { put: [...own.put, ...note.put], take: [...own.take, ...note.take] };
  await changeWords(hands, droplet.id, all, signal);
}

function isOther({ size_slug, tags }: Droplet, size: string): boolean {
  return size_slug !== size || readNotes(readWords(tags).notes).halted;
}
