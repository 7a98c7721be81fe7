/** Another size: a droplet is shut down for it, and switched on again whatever comes of it. */
import { messageOf } from "@muster/model";
import { asProviderError, ProviderError } from "@muster/plugin";
import type { Droplet } from "../api/answers.ts";
import type { Hands } from "./hands.ts";
import { readWords, wordsFor } from "./marks.ts";
import { HALTED, readNotes } from "./notes.ts";
import { changeWords } from "./words.ts";

/** Its system is given so long to shut down by itself, in milliseconds; then it is switched off hard. */
const GRACE_MS = 120_000;
const LOOK_AGAIN_MS = 5_000;
/** So often it is tried to switch a droplet on again. */
const TRIES = 6;
const TRY_AGAIN_MS = 10_000;

/**
 * Gives a droplet another size, without its disk: that would be for ever. One that was off stays off. Before it is switched
 * off a note is put on it, so that whoever finds it off, after a crash, knows that it is to be on.
 *
 * @throws ProviderError what failed, and loudly if it could not be switched on again
 */
export async function resize(hands: Hands, droplet: Droplet, size: string): Promise<void> {
  // Whoever waits for it may give up; a droplet must not stay off for that.
  const { signal } = new AbortController();
  const { id } = droplet;
  const halted = readNotes(readWords(droplet.tags).notes).halted;
  const isToBeOn = halted || droplet.status === "active";
  if (!halted && isToBeOn) await changeWords(hands, id, { put: HALTED_WORDS, take: [] }, signal);
  const failure = await failureIn(async () => {
    if (droplet.size_slug === size) return;
    if (droplet.status === "active") await halt(hands, id, signal);
    await hands.actions.perform(id, { type: "resize", size, disk: false }, signal);
  });
  if (isToBeOn) {
    await switchOn(hands, id, failure, signal);
    await changeWords(hands, id, { put: [], take: HALTED_WORDS }, signal);
  }
  if (failure !== undefined) throw failure;
}

const HALTED_WORDS = wordsFor("muster-droplet", HALTED);

/** Asks its system to shut down, and cuts the power of one that does not. */
async function halt(hands: Hands, id: number, signal: AbortSignal): Promise<void> {
  const { actions, droplets, io, waits } = hands;
  const deadline = io.now() + GRACE_MS;
  // Where it cannot even be asked, it is switched off all the same.
  const asked = await failureIn(() => actions.perform(id, { type: "shutdown" }, signal));
  while (asked === undefined && io.now() < deadline) {
    const seen = await droplets.get(id, signal);
    if (seen === undefined) throw new ProviderError("retryable", `droplet ${id} is not there any more`);
    if (seen.status === "off") return;
    await waits.rest(LOOK_AGAIN_MS, signal);
  }
  await actions.perform(id, { type: "power_off" }, signal);
}

/** Only seeing it on is believed. */
async function switchOn(
  hands: Hands,
  id: number,
  before: ProviderError | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { actions, droplets, waits } = hands;
  let last: ProviderError | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await waits.rest(TRY_AGAIN_MS, signal);
    let isOn = false;
    last = await failureIn(async () => {
      const seen = await droplets.get(id, signal);
      // What is gone cannot be switched on.
      isOn = seen === undefined || seen.status === "active";
      if (isOn) return;
      await actions.perform(id, { type: "power_on" }, signal);
      isOn = (await droplets.get(id, signal))?.status === "active";
    });
    if (isOn) return;
  }
  const why = last === undefined ? "it is still off" : messageOf(last);
  const also = before === undefined ? "" : `; before that, its size could not be changed: ${before.message}`;
  const next = "switch it on in DigitalOcean's control panel, or leave it: Muster tries again";
  throw new ProviderError(
    "retryable",
    `droplet ${id} IS SWITCHED OFF and could not be switched on again: ${why}${also}; ${next}`,
  );
}

async function failureIn(run: () => Promise<void>): Promise<ProviderError | undefined> {
  try {
    await run();
    return undefined;
  } catch (thrown) {
    return asProviderError(thrown);
  }
}
