/** The keyboard of a machine: the pipe that is the input of its QEMU, and of the shell above it. */
import { constants as fs, openSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import type { Sighting } from "@muster/provider-process";
import { SHELL } from "./qemu/files.ts";

/**
 * Types this on the console. A guest that reads slowly is waited for.
 *
 * @param look how the machine is now
 * @throws ProviderError `invalid` where nobody reads
 */
export async function typeInto(
  look: () => Promise<Sighting>,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const keys = new Socket({ fd: await keyboardOf(look, signal), readable: false, writable: true, signal });
  const { promise: over, resolve } = Promise.withResolvers<void>();
  keys.once("close", resolve);
  // Whoever reads no more of it is no failure: that the machine has ended is told elsewhere.
  keys.on("error", () => keys.destroy());
  try {
    for await (const bytes of input) {
      if (keys.destroyed) return;
      if (!keys.write(bytes)) await Promise.race([new Promise((drained) => keys.once("drain", drained)), over]);
    }
    await new Promise<void>((flushed) => keys.end(flushed));
  } finally {
    keys.destroy();
  }
}

/** A machine that has only just been made has no keyboard yet: so long it is waited for, in milliseconds. */
const WITHIN_MS = 5_000;
const REST_MS = 10;

async function keyboardOf(look: () => Promise<Sighting>, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const sighting = await look();
    const keyboard = opened(sighting);
    if (keyboard !== undefined) return keyboard;
    if (sighting.life.kind !== "lives" || signal.aborted || performance.now() > deadline) {
      throw new ProviderError("invalid", "nobody reads what is typed");
    }
    await sleep(REST_MS);
  }
}

/** Undefined where there is none. A number that somebody else has meanwhile is nobody's of this machine. */
function opened({ home, living }: Sighting): number | undefined {
  const shell = Number(textAt(`${home}/${SHELL}`));
  if (!living.some(({ pid }) => pid === shell)) return undefined;
  try {
    // Without waiting: a pipe that nobody reads would hold its opener for ever.
    return openSync(`/proc/${shell}/fd/0`, fs.O_WRONLY | fs.O_NONBLOCK);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOENT" || code === "ENXIO" || code === "ESRCH") return undefined;
    throw new ProviderError("invalid", `it cannot be typed: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}
