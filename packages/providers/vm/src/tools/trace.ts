/** What goes over a guest's network, as pcap, while somebody takes it. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, constants as fs, lchownSync, openSync, rmSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { type Qmp, withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

/** Each capture has a pipe of its own: whose is the one that QEMU writes into shows who captures. */
const PIPE = "trace-";
const FILTER = "trace";
/** QEMU writes while the guest waits: what is not taken is kept, up to so many bytes, and then it is over. */
const MOST_KEPT = 64 * 1024 * 1024;

/**
 * Through a pipe, not a file: when this Muster is killed the capture ends, and nothing fills a disk.
 *
 * @throws ProviderError `invalid` where another one is being taken
 */
export async function* trace({ sighting: { home }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const workshop = `${home}/${WORKSHOP}`;
  const name = `${PIPE}${randomUUID()}`;
  const path = `${workshop}/${name}`;
  await makePipe(path);
  const pipe = new Socket({
    fd: openSync(path, fs.O_RDONLY | fs.O_NONBLOCK | fs.O_NOFOLLOW),
    readable: true,
    writable: false,
  });
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
    await withQmp(home, (qmp) => captureInto(qmp, workshop, name), signal).catch((thrown) => {
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
    await withQmp(home, (qmp) => endCapture(qmp, name), AbortSignal.timeout(5_000)).catch(() => undefined);
    pipe.destroy();
    rmSync(path, { force: true });
  }
}

/**
 * Throws `invalid` where somebody else takes what QEMU captures. What a Muster that was killed has left is put aside.
 *
 * It is found out before QEMU is asked for it: one that refuses a capture closes its own number 0 (net/dump.c, dump_cleanup),
 * which is the keyboard of the machine, and the next connection to it gets that number.
 */
async function captureInto(qmp: Qmp, workshop: string, name: string): Promise<void> {
  const theirs = await pipeOf(qmp);
  if (theirs !== undefined) {
    const other = `${workshop}/${theirs}`;
    if (isRead(other)) throw new ProviderError("invalid", "what goes over its network is being captured already");
    await qmp.ask("object-del", { id: FILTER });
    rmSync(other, { force: true });
  }
  const into = { netdev: "net", file: `${WORKSHOP_WITHIN}/${name}` };
  await qmp.ask("object-add", { "qom-type": "filter-dump", id: FILTER, ...into });
}

/** Whoever was refused, or has hung up while another was heard, may be no part of the capture that goes on. */
async function endCapture(qmp: Qmp, name: string): Promise<void> {
  if ((await pipeOf(qmp)) === name) await qmp.ask("object-del", { id: FILTER });
}

/** The name of the pipe into which QEMU captures; undefined where it does not. */
async function pipeOf(qmp: Qmp): Promise<string | undefined> {
  const file = await qmp.ask("qom-get", { path: `/objects/${FILTER}`, property: "file" }).catch(unlessRefused);
  return typeof file === "string" ? basename(file) : undefined;
}

/** It is refused where there is no such object. */
function unlessRefused(thrown: unknown): undefined {
  if (!(thrown instanceof ProviderError) || thrown.kind !== "invalid") throw thrown;
}

/** Whether somebody reads from the pipe. QEMU has its other end: to open that once more changes nothing for whoever does. */
function isRead(path: string): boolean {
  try {
    closeSync(openSync(path, fs.O_WRONLY | fs.O_NONBLOCK | fs.O_NOFOLLOW));
    return true;
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENXIO" || code === "ENOENT" || code === "ELOOP") return false;
    throw thrown;
  }
}

/** Owned by whoever QEMU runs as, like the place it lies in. */
async function makePipe(path: string): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", path]);
  } catch (thrown) {
    throw new ProviderError("retryable", `nothing can be captured: ${messageOf(thrown)}`, { cause: thrown });
  }
  const { uid, gid } = statSync(dirname(path));
  // Whoever that is may have put something else there meanwhile.
  lchownSync(path, uid, gid);
}
