/** The keyboard of a machine: a pipe that QEMU reads. */
import { constants as fs, openSync } from "node:fs";
import { Socket } from "node:net";
import { messageOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { KEYS } from "./qemu/files.ts";

/**
 * Types this on the console. A guest that reads slowly is waited for.
 *
 * @throws ProviderError `invalid` where nobody reads
 */
export async function type(home: string, input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const keys = new Socket({ fd: opened(`${home}/${KEYS}`), readable: false, writable: true, signal });
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

/** Without waiting: a pipe that nobody reads would hold its opener for ever. */
function opened(path: string): number {
  try {
    return openSync(path, fs.O_WRONLY | fs.O_NONBLOCK);
  } catch (thrown) {
    throw new ProviderError("invalid", `nobody reads what is typed: ${messageOf(thrown)}`, { cause: thrown });
  }
}
