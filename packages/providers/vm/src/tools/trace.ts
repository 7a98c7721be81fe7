/** What goes over a guest's network, as pcap, while somebody takes it. */
import { execFile } from "node:child_process";
import { chownSync, constants as fs, openSync, rmSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { ProviderError } from "@muster/plugin";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

const PIPE = "trace";
const FILTER = "trace";
/** QEMU writes while the guest waits: what is not taken is kept, up to so many bytes, and then it is over. */
const MOST_KEPT = 64 * 1024 * 1024;

/**
 * Through a pipe, not a file: when this Muster is killed the capture ends, and nothing fills a disk.
 *
 * @throws ProviderError `invalid` where another one is being taken
 */
export async function* trace({ sighting: { home }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const path = `${home}/${WORKSHOP}/${PIPE}`;
  await makePipe(path);
  const pipe = new Socket({ fd: openSync(path, fs.O_RDONLY | fs.O_NONBLOCK), readable: true, writable: false });
  const kept: Uint8Array[] = [];
  const state = { bytes: 0, isOver: false, failure: undefined as ProviderError | undefined };
  let wake = (): void => undefined;
  pipe.on("data", (bytes) => {
    state.bytes += bytes.length;
    if (state.bytes > MOST_KEPT) state.failure = new ProviderError("unknown", "it is taken more slowly than it comes");
    else kept.push(bytes);
    wake();
  });
  for (const event of ["end", "close", "error"]) {
    pipe.once(event, () => {
      state.isOver = true;
      wake();
    });
  }
  const end = () => wake();
  signal.addEventListener("abort", end, { once: true });
  try {
    const filter = { "qom-type": "filter-dump", id: FILTER, netdev: "net", file: `${WORKSHOP_WITHIN}/${PIPE}` };
    await withQmp(home, (qmp) => qmp.ask("object-add", filter), signal).catch((thrown) => {
      if (!signal.aborted) throw thrown;
    });
    for (;;) {
      const { promise: more, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      for (const bytes of kept.splice(0)) {
        state.bytes -= bytes.length;
        yield bytes;
      }
      if (state.failure !== undefined) throw state.failure;
      if (signal.aborted || state.isOver) return;
      if (kept.length === 0) await more;
    }
  } finally {
    signal.removeEventListener("abort", end);
    // First the filter: one that writes into a pipe that nobody reads is stopped by QEMU with a complaint.
    await withQmp(home, (qmp) => qmp.ask("object-del", { id: FILTER }), AbortSignal.timeout(5_000)).catch(
      () => undefined,
    );
    pipe.destroy();
    rmSync(path, { force: true });
  }
}

/** Owned by whoever QEMU runs as, like the place it lies in. */
async function makePipe(path: string): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", path]);
  } catch (thrown) {
    throw new ProviderError("invalid", "what goes over its network is being captured already", { cause: thrown });
  }
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}
