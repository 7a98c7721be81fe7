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
const ENDS_WITHIN_MS = 5_000;

/** The guest stands still while it is taken, and then goes on as it did. */
export function snapshot({ sighting: { home }, signal }: Subject, name: string): Promise<void> {
  return withQmp(home, (qmp) => keptAs(name, home, qmp, signal), signal);
}

/** Only who is heard touches what is not finished. */
async function keptAs(name: string, home: string, qmp: Qmp, signal: AbortSignal): Promise<void> {
  const directory = `${home}/${SNAPSHOTS}`;
  mkdirSync(directory, { mode: 0o700, recursive: true });
  const others = readdirSync(directory).filter((each) => each !== name && !each.startsWith("."));
  if (others.length >= MOST)
    throw new ProviderError("invalid", `it has ${MOST} snapshots already, and no more are kept`);
  const unfinished = `${directory}/.${name}`;
  try {
    await standingStill(qmp, () => taken(qmp, home, unfinished, signal));
    renameSync(unfinished, `${directory}/${name}`);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

async function standingStill(qmp: Qmp, act: () => Promise<void>): Promise<void> {
  const wasRunning = (await statusOf(qmp)) === "running";
  if (wasRunning) await qmp.ask("stop");
  try {
    await act();
  } finally {
    if (wasRunning) await qmp.ask("cont");
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
export async function restore({ sighting: { home }, signal }: Subject, name: string): Promise<void> {
  const path = `${home}/${SNAPSHOTS}/${name}`;
  if (!existsSync(path)) {
    const there = existsSync(`${home}/${SNAPSHOTS}`) ? readdirSync(`${home}/${SNAPSHOTS}`) : [];
    const which = there.length === 0 ? "it has none" : `there are ${there.toSorted().join(", ")}`;
    throw new ProviderError("invalid", `there is no snapshot \`${name}\`: ${which}`);
  }
  await withQmp(home, (qmp) => quitToBeginAnew(qmp, home), signal);
  await begunAnew(home, signal);
  try {
    await withQmp(home, (qmp) => given(qmp, home, path, signal), signal);
  } catch (thrown) {
    // It is nothing now, and waits for the rest of itself: it has ended.
    await withQmp(home, (qmp) => qmp.ask("quit"), AbortSignal.timeout(ENDS_WITHIN_MS)).catch(expectUnavailable);
    throw thrown;
  }
}

/** Only who is heard announces it: where that is another, the machine stays as it is, and its next end is an end. */
async function quitToBeginAnew(qmp: Qmp, home: string): Promise<void> {
  // Whoever finds no room for it leaves the machine as it is.
  writeFileSync(`${home}/${EVENTS_FILE}.new`, ROOM_FOR_EVENTS, { mode: 0o600 });
  writeFileSync(`${home}/${RESTORING}`, "", { mode: 0o600 });
  // It hangs up instead of answering.
  await qmp.ask("quit").catch(expectUnavailable);
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

function expectUnavailable(thrown: unknown): void {
  if (!(thrown instanceof ProviderError) || thrown.kind !== "unavailable") throw thrown;
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
