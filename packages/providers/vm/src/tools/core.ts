/** The memory of a guest as an ELF core: for a debugger, and for an autopsy. */
import { createReadStream, constants as fs, openSync, rmSync } from "node:fs";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

const CORE = "core";

/** QEMU writes it whole, and fast: whoever takes it slowly would hold up the guest. Nothing of it stays. */
export async function* core({ sighting: { home }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const path = `${home}/${WORKSHOP}/${CORE}`;
  try {
    rmSync(path, { force: true });
    const where = { paging: false, protocol: `file:${WORKSHOP_WITHIN}/${CORE}` };
    await withQmp(home, (qmp) => qmp.ask("dump-guest-memory", where), signal);
    // Only what is a file of QEMU's own: it may make what it likes there.
    yield* createReadStream(path, { fd: openSync(path, fs.O_RDONLY | fs.O_NOFOLLOW | fs.O_NONBLOCK) });
  } finally {
    rmSync(path, { force: true });
  }
}
