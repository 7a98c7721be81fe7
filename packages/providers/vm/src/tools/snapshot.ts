/** How a machine is, kept as a file; and the machine taken back there. */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, messageOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { vmProperties } from "../properties.ts";
import { EVENTS_FILE, RESTORING, ROOM_FOR_EVENTS, SNAPSHOTS, WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { type Qmp, withQmp } from "../qemu/qmp.ts";
import { connectedTo } from "../qemu/sockets.ts";
import { withDoor } from "./door.ts";
import type { Subject } from "./tools.ts";

const DOOR = "snapshot.sock";
/** Each is about as large as the memory that is in use. */
const MOST = 16;
const REST_MS = 5;
/** So long a hypervisor may take to begin anew, in milliseconds. */
const BEGINS_WITHIN_MS = 10_000;
/** So long its answer to the last word is waited for, whoever has given up meanwhile. Milliseconds. */
const GOES_ON_WITHIN_MS = 5_000;

/** The guest stands still while it is taken, and then goes on as it did. */
export async function snapshot({ sighting: { home, thing }, signal }: Subject, name: string): Promise<void> {
  assertDiskless(thing);
  const directory = `${home}/${SNAPSHOTS}`;
  mkdirSync(directory, { mode: 0o700, recursive: true });
  const others = readdirSync(directory).filter((each) => each !== name && !each.startsWith("."));
  if (others.length >= MOST)
    throw new ProviderError("invalid", `it has ${MOST} snapshots already, and no more are kept`);
  await standingStill(home, signal, async (qmp) => {
    // Only who is heard touches what is not finished: it may be another's.
    const unfinished = `${directory}/.${name}`;
    try {
      await taken(qmp, home, unfinished, signal);
      renameSync(unfinished, `${directory}/${name}`);
    } finally {
      rmSync(unfinished, { force: true });
    }
  });
}

/** Its memory alone would be of another time than what stands on a disk that it writes to. */
function assertDiskless(thing: Subject["sighting"]["thing"]): void {
  const { disks = [] } = vmProperties.partial().safeParse(thing ?? {}).data ?? {};
  const [written] = disks.filter(({ readOnly }) => readOnly !== true);
  if (written === undefined) return;
  throw new ProviderError("invalid", `it writes to the disk ${written.path}: a snapshot keeps its memory only`);
}

/** Whoever gives up waiting has the guest go on all the same. */
async function standingStill(home: string, signal: AbortSignal, act: (qmp: Qmp) => Promise<void>): Promise<void> {
  let isHeld = false;
  try {
    await withQmp(
      home,
      async (qmp) => {
        isHeld = (await statusOf(qmp)) === "running";
        if (isHeld) await qmp.ask("stop");
        await act(qmp);
        if (isHeld) await qmp.ask("cont");
        isHeld = false;
      },
      signal,
    );
  } finally {
    if (isHeld) await withQmp(home, (qmp) => qmp.ask("cont"), AbortSignal.timeout(GOES_ON_WITHIN_MS));
  }
}

function taken(qmp: Qmp, home: string, path: string, signal: AbortSignal): Promise<void> {
  return withDoor(home, DOOR, async ({ address, visitor }) => {
    const written = visitor.then((socket) => pipeline(socket, createWriteStream(path, { mode: 0o600 }), { signal }));
    written.catch(() => undefined);
    await qmp.ask("migrate", { uri: address });
    await migrated(qmp, signal);
    await written;
  });
}

/** One that runs, and one that has ended and still stands: both go on from the snapshot. */
export async function restore(subject: Subject, name: string): Promise<void> {
  const {
    sighting: { home },
    signal,
  } = subject;
  const path = `${home}/${SNAPSHOTS}/${name}`;
  if (!existsSync(path)) {
    const there = existsSync(`${home}/${SNAPSHOTS}`) ? readdirSync(`${home}/${SNAPSHOTS}`) : [];
    const which = there.length === 0 ? "it has none" : `there are ${there.toSorted().join(", ")}`;
    throw new ProviderError("invalid", `there is no snapshot \`${name}\`: ${which}`);
  }
  try {
    await quit(home, signal, () => announce(home));
  } catch (thrown) {
    rmSync(`${home}/${RESTORING}`, { force: true });
    throw thrown;
  }
  try {
    await begunAnew(home, signal);
    await withQmp(home, (qmp) => given(qmp, home, path, signal), signal);
  } catch (thrown) {
    await letGo(subject);
    throw thrown;
  }
}

/** It is nothing now, and waits for the rest of itself; or is just about to begin so, and does not listen yet. It is ended. */
async function letGo({ sighting: { id, home }, processes }: Subject): Promise<void> {
  rmSync(`${home}/${RESTORING}`, { force: true });
  const signal = AbortSignal.timeout(GOES_ON_WITHIN_MS);
  while (!signal.aborted && (await processes.theOne(id)).life.kind === "lives") {
    if (await quit(home, signal).then(() => true, unlessUnavailable)) return;
    await sleep(REST_MS);
  }
}

/**
 * Returns when QEMU has been told. Throws `unavailable` where it does not listen.
 *
 * @param before done once one is heard, and before it is told
 */
async function quit(home: string, signal: AbortSignal, before = (): void => undefined): Promise<void> {
  let isTold = false;
  const tell = (qmp: Qmp) => {
    before();
    isTold = true;
    return qmp.ask("quit");
  };
  await withQmp(home, tell, signal).catch((thrown) => {
    // It hangs up instead of answering.
    if (!isTold || unlessUnavailable(thrown)) throw thrown;
  });
}

/** False for what is `unavailable`; throws all else. */
function unlessUnavailable(thrown: unknown): false {
  if (thrown instanceof ProviderError && thrown.kind === "unavailable") return false;
  throw thrown;
}

/** That its next end is a new beginning. Only who is heard says so: else the machine stays as it is, and its end is an end. */
function announce(home: string): void {
  // Whoever finds no room for it leaves the machine as it is.
  writeFileSync(`${home}/${EVENTS_FILE}.new`, ROOM_FOR_EVENTS, { mode: 0o600 });
  writeFileSync(`${home}/${RESTORING}`, "", { mode: 0o600 });
}

async function given(qmp: Qmp, home: string, path: string, signal: AbortSignal): Promise<void> {
  const workshop = `${home}/${WORKSHOP}`;
  rmSync(`${workshop}/${DOOR}`, { force: true });
  await qmp.ask("migrate-incoming", { uri: `unix:${WORKSHOP_WITHIN}/${DOOR}` });
  const socket = await connectedTo(workshop, DOOR, signal);
  // It hangs up as soon as it has all, and whether it has is told by itself.
  const sent = pipeline(createReadStream(path), socket, { signal }).catch(() => undefined);
  await migrated(qmp, signal);
  await sent;
  await qmp.ask("cont");
  rmSync(`${workshop}/${DOOR}`, { force: true });
}

/** The shell above it takes the word away before it starts it again. */
async function begunAnew(home: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + BEGINS_WITHIN_MS;
  for (;;) {
    if (!existsSync(`${home}/${RESTORING}`)) {
      const status = await withQmp(home, statusOf, signal).catch(messageOf);
      if (status === "inmigrate") return;
    }
    if (performance.now() > deadline) throw new ProviderError("unknown", "its hypervisor has not begun anew");
    await sleep(REST_MS, undefined, { signal });
  }
}

/** Waits until QEMU has given, or taken, all of it. */
async function migrated(qmp: Qmp, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await qmp.ask("query-migrate");
    const status = isObject(answer) ? answer["status"] : undefined;
    if (status === "completed") return;
    if (status === "failed" || status === "cancelled") {
      const why = isObject(answer) && typeof answer["error-desc"] === "string" ? `: ${answer["error-desc"]}` : "";
      throw new ProviderError("invalid", `the hypervisor could not carry it${why}`);
    }
    await sleep(REST_MS, undefined, { signal });
  }
}

async function statusOf(qmp: Qmp): Promise<string> {
  const answer = await qmp.ask("query-status");
  const status = isObject(answer) ? answer["status"] : undefined;
  return typeof status === "string" ? status : "unknown";
}
