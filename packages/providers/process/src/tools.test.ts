/** What can be done to a process to find out about it: to real ones. */
import type { ToolAsked } from "@muster/plugin";
import { expect, it } from "vitest";
import { haltAll } from "./halting.ts";
import { processAt } from "./process-table.ts";
import {
  ctx,
  failureOf,
  freshProvider,
  hasEnded,
  leaderOf,
  type Processes,
  pidOfSleep,
  pidRunning,
  pidsOf,
  seen,
  seenAs,
  textAt,
  until,
} from "./test/room.ts";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });
const SLEEP = { command: "sleep", args: ["1000"] };

it("halts a process with all that it has started, also what left the session, and lets it go on", async () => {
  const { provider } = await freshProvider();
  const tree = "sleep 1001 & setsid sleep 1002 >/dev/null 2>&1 </dev/null & exec sleep 1003";
  const { id } = await provider.create(shell(tree), {}, ctx);
  const pids = await until(() => {
    const found = ["1001", "1002", "1003"].map((seconds) => pidRunning(id, `sleep ${seconds}`));
    return found.every((pid) => pid !== undefined) ? found : undefined;
  });
  await use(provider, id, { tool: "pause" });
  expect(pids.map(stateOf)).toEqual(["T", "T", "T"]);
  expect(stateOf(leaderOf(id))).not.toBe("T");
  expect(await seen(provider, id)).toMatchObject({ phase: "running", reason: "it is paused" });
  await use(provider, id, { tool: "pause" });
  await use(provider, id, { tool: "continue" });
  await until(() => (pids.every((pid) => stateOf(pid) === "S") ? true : undefined));
  expect(await seen(provider, id)).not.toHaveProperty("reason");
  await use(provider, id, { tool: "continue" });
});

it("halts one that never stops starting others", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("while :; do (sleep 0.001 &) ; (:) ; done"), {}, ctx);
  await until(() => (pidsOf(id).length > 3 ? true : undefined));
  for (let round = 0; round < 5; round++) {
    await use(provider, id, { tool: "pause" });
    const own = pidsOf(id).filter((pid) => textAt(`/proc/${pid}/environ`).includes("MUSTER_LEADER="));
    expect(own.length).toBeGreaterThan(0);
    // Whoever waits for a child to become another program cannot be halted before that, and does nothing.
    expect(own.filter((pid) => !["T", "D"].includes(stateOf(pid) ?? ""))).toEqual([]);
    expect(stateOf(leaderOf(id))).not.toBe("T");
    await use(provider, id, { tool: "continue" });
  }
});

it("halts one that has only just been started", async () => {
  const { provider } = await freshProvider();
  for (let round = 0; round < 20; round++) {
    const { id } = await provider.create(SLEEP, {}, ctx);
    for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
    await use(provider, id, { tool: "pause" });
    expect(await seen(provider, id)).toMatchObject({ phase: "running", reason: "it is paused" });
    expect(stateOf(pidOfSleep(id) ?? 0)).toBe("T");
    await provider.destroy(id, ctx);
  }
});

it("lets all go on where nobody waits any more until they stand still", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("sleep 1001 & exec sleep 1002"), {}, ctx);
  const pids = await until(() => {
    const found = ["1001", "1002"].map((seconds) => pidRunning(id, `sleep ${seconds}`) ?? 0);
    return found.includes(0) ? undefined : found;
  });
  const over = new AbortController();
  const halting = haltAll({
    id,
    aborted: over.signal,
    changed: () => undefined,
    async members() {
      if (pids.every((pid) => stateOf(pid) === "T")) over.abort();
      return pids.flatMap((pid) => processAt(pid) ?? []).map((each) => ({ ...each, state: "R" }));
    },
  });
  expect(await failureOf(halting)).toMatchObject({ kind: "retryable", message: expect.stringContaining("it goes on") });
  await until(() => (pids.every((pid) => stateOf(pid) === "S") ? true : undefined));
});

it("tells of the end of one that was killed while it was paused", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(SLEEP, {}, ctx);
  await use(provider, id, { tool: "pause" });
  process.kill(pidOfSleep(id) ?? 0, "SIGKILL");
  expect(await seenAs(provider, id, hasEnded)).toMatchObject({ reason: expect.stringContaining("SIGKILL") });
});

it("ends one that is paused as any other: it hears that it is asked to", async () => {
  const { dir, provider } = await freshProvider();
  const script = `trap 'echo bye > ${dir}/said; exit 0' TERM; echo up; while :; do sleep 0.01; done`;
  const { id } = await provider.create({ ...shell(script), ready: { log: "up" } }, {}, ctx);
  await seenAs(provider, id, (each) => each?.phase === "running");
  await use(provider, id, { tool: "pause" });
  await provider.destroy(id, ctx);
  expect(textAt(`${dir}/said`)).toBe("bye\n");
});

it("tells that one is not halted where only a part of it is", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("sleep 1001 & exec sleep 1002"), {}, ctx);
  const pid = await until(() => pidRunning(id, "sleep 1001"));
  await until(() => pidRunning(id, "sleep 1002"));
  process.kill(pid, "SIGSTOP");
  await until(() => (stateOf(pid) === "T" ? true : undefined));
  expect(await seen(provider, id)).not.toHaveProperty("reason");
});

it("counts what the command and all that it has started use, and nothing of the leader's", async () => {
  const { provider } = await freshProvider();
  const work = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
  const { id } = await provider.create(shell(`${work}; sleep 1001 & exec 7</dev/null; exec sleep 1002`), {}, ctx);
  await until(() => pidRunning(id, "sleep 1001"));
  const second = await until(() => pidRunning(id, "sleep 1002"));
  const stats = JSON.parse(await use(provider, id, { tool: "stats" }));
  expect(stats).toEqual({
    processes: 2,
    threads: 2,
    residentBytes: expect.any(Number),
    processorMs: expect.any(Number),
    openFiles: expect.any(Number),
  });
  expect(stats.residentBytes).toBeGreaterThan(100_000);
  expect(stats.residentBytes % 1024).toBe(0);
  expect(stats.processorMs).toBeGreaterThanOrEqual(10 * processorTicks(second));
  expect(processorTicks(second)).toBeGreaterThan(0);
  expect(stats.openFiles).toBeGreaterThanOrEqual(7);
});

it("refuses what has ended, what is not there, and tools that it has not", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "true" }, {}, ctx);
  await seenAs(provider, id, hasEnded);
  for (const tool of ["pause", "continue", "stats"] as const) {
    expect(await failureOf(use(provider, id, { tool }))).toMatchObject({
      kind: "invalid",
      message: `${id} has ended`,
    });
    expect(await failureOf(use(provider, "p-000000000000", { tool }))).toMatchObject({ kind: "invalid" });
  }
  const { id: other } = await provider.create(SLEEP, {}, ctx);
  expect(await failureOf(use(provider, other, { tool: "core" }))).toMatchObject({ kind: "invalid" });
});

async function use(provider: Processes, id: string, asked: ToolAsked): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of provider.tool?.(id, asked, ctx) ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function stateOf(pid: number): string | undefined {
  return textAt(`/proc/${pid}/stat`).split(") ").at(-1)?.[0];
}

function processorTicks(pid: number): number {
  const words = textAt(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return Number(words[11]) + Number(words[12]);
}
