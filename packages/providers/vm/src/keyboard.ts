/** The keyboard of a machine: a pipe that QEMU reads. */
import { existsSync, constants as fs, openSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { KEYS } from "./qemu/files.ts";

/**
 * Types this on the console. A guest that reads slowly is waited for.
 *
 * @throws ProviderError `invalid` where nobody reads
 */
export async function type(home: string, input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const keys = new Socket({ fd: await keyboardOf(home, signal), readable: false, writable: true, signal });
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

async function keyboardOf(home: string, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    try {
      // Without waiting: a pipe that nobody reads would hold its opener for ever.
      return openSync(`${home}/${KEYS}`, fs.O_WRONLY | fs.O_NONBLOCK);
    } catch (thrown) {
      if (performance.now() < deadline && !signal.aborted && existsSync(home)) {
        await sleep(REST_MS);
        continue;
      }
      throw new ProviderError("invalid", `nobody reads what is typed: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
}
