/** Real processes in temporary directories; whatever a test has left alive is ended with it. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Observed, Tags } from "@muster/model";
import { type Ctx, type Io, ProviderError, type TaggedProvider } from "@muster/plugin";
import { onTestFinished } from "vitest";
import { type ProcessProperties, processType } from "../index.ts";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

export type Seen = Observed<ProcessProperties>;
export type Processes = TaggedProvider<ProcessProperties>;

export function freshDirectory(): string {
  const path = mkdtempSync(`${tmpdir()}/muster-process-`);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A provider on a directory of its own; all that it has made ends with the test. */
export async function freshProvider(
  dir = `${freshDirectory()}/processes`,
): Promise<{ dir: string; provider: Processes }> {
  const provider = await processType.open({ dir }, io);
  onTestFinished(() => endAll(provider));
  return { dir, provider };
}

export async function endAll(provider: Processes): Promise<void> {
  const all = await listed(provider);
  await Promise.all(all.map(({ id }) => provider.destroy(id, ctx)));
}

export async function listed(provider: Processes, by: Tags = {}): Promise<Seen[]> {
  const found: Seen[] = [];
  for await (const page of provider.list(by, ctx)) found.push(...page);
  return found;
}

export async function seen(provider: Processes, id: string): Promise<Seen | undefined> {
  return (await listed(provider)).find((each) => each.id === id);
}

/** Waits until what is seen of one is as it should be. */
export function seenAs(provider: Processes, id: string, isSo: (seen: Seen | undefined) => boolean): Promise<Seen> {
  return until(
    async () => {
      const found = await seen(provider, id);
      return isSo(found) ? found : undefined;
    },
    () => seen(provider, id),
  );
}

export const hasEnded = (each: Seen | undefined): boolean => each?.phase === "ended";

const DEADLINE_MS = 20_000;

/** Asks again and again until there is an answer. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  told: () => unknown = () => "",
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`it did not come to be: ${JSON.stringify(await told())}`);
    await sleep(5);
  }
}

/** The failure that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ProviderError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The living processes that bear the mark of this id, or whose words name it. */
export function pidsOf(id: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => textAt(`/proc/${pid}/environ`).includes(id) && isAlive(pid));
}

/** The leader's own pid. */
export function leaderOf(id: string): number {
  const leader = pidsOf(id).find(
    (pid) => textAt(`/proc/${pid}/cmdline`).includes("muster-process") && sessionOf(pid) === pid,
  );
  if (leader === undefined) throw new Error(`${id} has no leader`);
  return leader;
}

export function sessionOf(pid: number): number {
  return Number(textAt(`/proc/${pid}/stat`).split(") ")[1]?.split(" ")[3]);
}

/** The pid of the one that runs these words: a part of its command line. */
export function pidRunning(id: string, words: string): number | undefined {
  return pidsOf(id).find((pid) => {
    const line = textAt(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    return line.startsWith(words);
  });
}

/** Of a process whose command is `sleep`: the command's own pid, once it has begun. */
export function pidOfSleep(id: string): number | undefined {
  return pidRunning(id, "/usr/bin/sleep") ?? pidRunning(id, "/bin/sleep");
}

export function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

export async function printed(provider: Processes, id: string, lines?: number): Promise<string> {
  const asked = { follow: false, ...(lines === undefined ? {} : { lines }) };
  const parts: Uint8Array[] = [];
  for await (const bytes of provider.logs?.(id, asked, ctx) ?? []) parts.push(bytes);
  return Buffer.concat(parts).toString("latin1");
}
