/** The memory of a guest as an ELF core: for a debugger, and for an autopsy. */
import { randomUUID } from "node:crypto";
import { createReadStream, constants as fs, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { type Qmp, withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

const REST_MS = 5;

/** QEMU writes it whole, and fast: whoever takes it slowly would hold up the guest. Nothing of it stays. */
export async function* core({ sighting: { home }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const name = `core-${randomUUID()}`;
  const path = `${home}/${WORKSHOP}/${name}`;
  try {
    await withQmp(home, (qmp) => written(qmp, `${WORKSHOP_WITHIN}/${name}`, signal), signal);
    // Whoever QEMU runs as owns the place: a link that stands there instead is not followed.
    yield* createReadStream("", { fd: openSync(path, fs.O_RDONLY | fs.O_NOFOLLOW | fs.O_NONBLOCK) });
  } finally {
    rmSync(path, { force: true });
  }
}

/** A large one takes its time; QEMU answers meanwhile. */
async function written(qmp: Qmp, file: string, signal: AbortSignal): Promise<void> {
  await qmp.ask("dump-guest-memory", { paging: false, protocol: `file:${file}`, detach: true });
  for (;;) {
    const answer = await qmp.ask("query-dump");
    const status = isObject(answer) ? answer["status"] : undefined;
    if (status === "completed") return;
    if (status === "failed") throw new ProviderError("retryable", "the hypervisor could not write it: is there room?");
    await sleep(REST_MS, undefined, { signal });
  }
}
