/** What is destroyed is gone with all that it has started, and nobody else is touched. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { processAt } from "./process-table.ts";
import { tell } from "./stopping.ts";
import {
  ctx,
  failureOf,
  freshDirectory,
  freshProvider,
  hasEnded,
  isAlive,
  leaderOf,
  listed,
  pidOfSleep,
  pidRunning,
  pidsOf,
  printed,
  seen,
  seenAs,
  textAt,
  until,
} from "./test/room.ts";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });
const SOON = { timeout: "200ms" };

it("asks politely first: the program may say goodbye", async () => {
  const { dir, provider } = await freshProvider();
  const script = `trap 'echo bye > ${dir}/said; exit 0' INT; echo up; while :; do sleep 0.01; done`;
  const ready = { log: "up" };
  const { id } = await provider.create({ ...shell(script), ready, stop: { signal: "SIGINT" } }, {}, ctx);
  await seenAs(provider, id, (each) => each?.phase === "running");
  await provider.destroy(id, ctx);
  expect(existsSync(`${dir}/said`)).toBe(true);
  expect(await listed(provider)).toEqual([]);
});

it("is heard also by one that has only just been started", async () => {
  const { provider } = await freshProvider();
  // Whoever did not hear it would be waited for until the test's own deadline.
  const want = { command: "sleep", args: ["1000"], stop: { timeout: "1h" } };
  for (let round = 0; round < 60; round++) {
    const { id } = await provider.create(want, {}, ctx);
    for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
    await provider.destroy(id, ctx);
  }
  expect(await listed(provider)).toEqual([]);
});

it("ends a tree: one that does not listen, one that left the session, one that was halted", async () => {
  const { provider } = await freshProvider();
  const deaf = "sh -c 'trap \"\" TERM; exec sleep 1001' &";
  const daemon = "setsid sleep 1002 >/dev/null 2>&1 </dev/null &";
  const halted = "sleep 1003 &";
  const { id } = await provider.create(
    { ...shell(`${deaf} ${daemon} ${halted} exec sleep 1004`), stop: SOON },
    {},
    ctx,
  );
  const pids = await until(() => {
    const found = [1001, 1002, 1003, 1004].map((seconds) => pidRunning(id, `sleep ${seconds}`));
    return found.some((pid) => pid === undefined) ? undefined : found.filter((pid) => pid !== undefined);
  });
  process.kill(pids[2] ?? 0, "SIGSTOP");
  await provider.destroy(id, ctx);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(pidsOf(id)).toEqual([]);
});

it("ends what a process has left behind when it ended", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ ...shell("sleep 1001 & exit 0"), stop: SOON }, {}, ctx);
  expect(await seenAs(provider, id, hasEnded)).toMatchObject({ reason: "exited with code 0" });
  const left = await until(() => pidRunning(id, "sleep 1001"));
  await provider.destroy(id, ctx);
  expect(isAlive(left)).toBe(false);
});

it("tells of the end also when the whole session was asked to end, the leader among it", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  await until(() => pidOfSleep(id));
  process.kill(-leaderOf(id), "SIGTERM");
  expect(await seenAs(provider, id, hasEnded)).toMatchObject({ reason: "killed by SIGTERM" });
});

it("is ending while it ends, and is not called gone when the wait is given up", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(
    { ...shell("trap '' TERM; echo up; while :; do sleep 0.01; done"), ready: { log: "up" } },
    {},
    ctx,
  );
  await seenAs(provider, id, (each) => each?.phase === "running");
  const patience = new AbortController();
  const failure = failureOf(provider.destroy(id, { signal: patience.signal }));
  await seenAs(provider, id, (each) => each?.phase === "ending");
  patience.abort();
  expect(await failure).toMatchObject({ kind: "unknown" });
  const [found] = await listed(provider);
  expect(found).toMatchObject({ id, phase: "running" });
  if (found !== undefined) await provider.update?.(found, { command: "sh", stop: SOON }, ctx);
});

it("never signals another process that was given the number", async () => {
  const bystander = spawn("sleep", ["1000"], { stdio: "ignore" });
  onTestFinished(() => void bystander.kill("SIGKILL"));
  const there = processAt(bystander.pid ?? 0);
  if (there === undefined) throw new Error("it is not there");
  tell({ ...there, start: there.start - 1 }, "SIGKILL");
  expect(isAlive(there.pid)).toBe(true);
  const exit = new Promise((resolve) => bystander.once("exit", (_, signal) => resolve(signal)));
  tell(there, "SIGKILL");
  expect(await exit).toBe("SIGKILL");
});

it("leaves others alone: a person's session in which one bears the mark by chance", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const [first = 0] = pidsOf(id);
  const mark = textAt(`/proc/${first}/environ`)
    .split("\0")
    .find((each) => each.startsWith("MUSTER_PROCESS="));
  const script = `env "$MARK" MUSTER_LEADER=1 sleep 1005 & exec sleep 1006`;
  const person = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], MARK: mark },
  });
  onTestFinished(() => void person.kill("SIGKILL"));
  const marked = await until(() => pidRunning(id, "sleep 1005"));
  await provider.destroy(id, ctx);
  expect(isAlive(marked)).toBe(false);
  expect(isAlive(person.pid ?? 0)).toBe(true);
});

it("asks once, also where its end is asked for again meanwhile", async () => {
  const { provider } = await freshProvider();
  const [asked, go] = [`${freshDirectory()}/asked`, `${freshDirectory()}/go`];
  const script = `trap 'echo x >>${asked}' TERM; echo up; while [ ! -e ${go} ]; do sleep 0.02; done`;
  const { id } = await provider.create({ ...shell(script), stop: { timeout: "60s" } }, {}, ctx);
  await until(async () => (await printed(provider, id)) || undefined);
  const first = provider.destroy(id, ctx);
  await until(() => textAt(asked) || undefined);
  const second = provider.destroy(id, ctx);
  for (let looks = 0; looks < 5; looks++) expect(await seen(provider, id)).toMatchObject({ phase: "ending" });
  writeFileSync(go, "");
  await Promise.all([first, second]);
  expect(textAt(asked)).toBe("x\n");
});
