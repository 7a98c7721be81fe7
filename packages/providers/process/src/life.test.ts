/** From the start of a process to its end, whoever looks on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { processType } from "./index.ts";
import {
  ctx,
  freshDirectory,
  freshProvider,
  hasEnded,
  io,
  isAlive,
  leaderOf,
  listed,
  pidOfSleep,
  pidRunning,
  seen,
  seenAs,
  sessionOf,
  textAt,
  until,
} from "./test/room.ts";

const SLEEP = { command: "sleep", args: ["1000"] };
const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });

it("is there at once, with what it was made of", async () => {
  const { provider } = await freshProvider();
  const want = { ...SLEEP, port: 1, env: { COLOUR: "blue" }, stop: { timeout: "1s" } };
  const { id } = await provider.create(want, { kind: "web" }, ctx);
  expect(await listed(provider, { kind: "web" })).toMatchObject([{ id, phase: "running", properties: want }]);
  expect(await listed(provider, { kind: "other" })).toEqual([]);
});

it("sees only the environment that it was given, and a little of Muster's", async () => {
  process.env["MUSTER_TEST_UNRELATED"] = "secret";
  onTestFinished(() => void delete process.env["MUSTER_TEST_UNRELATED"]);
  const { provider } = await freshProvider();
  const { id } = await provider.create({ ...SLEEP, env: { COLOUR: "blue" }, cwd: "/tmp" }, {}, ctx);
  const pid = await until(() => pidOfSleep(id));
  const environment = textAt(`/proc/${pid}/environ`);
  expect(environment).toContain("\0COLOUR=blue\0");
  expect(environment).toMatch(/(^|\0)PATH=/);
  expect(environment).not.toContain("UNRELATED");
});

it("sees the values that it was given, whatever their names are", async () => {
  const { provider } = await freshProvider();
  const names = ["ends", "home", "id", "memory", "files", "processes", "core", "size", "log", "have", "code", "at"];
  const env = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  const { id } = await provider.create({ ...SLEEP, env }, {}, ctx);
  const pid = await until(() => pidOfSleep(id));
  const given = textAt(`/proc/${pid}/environ`).split("\0");
  expect(given).toEqual(expect.arrayContaining(names.map((name) => `${name}=the ${name}`)));
  expect(processType.schema.safeParse({ ...SLEEP, env: { muster_id: "taken" } }).success).toBe(false);
});

it("hears of the end at once, by which signal and with the last line of the log", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("echo going; echo '\u001b[31mat work'; exec sleep 1000"), {}, ctx);
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const pid = await until(() => pidRunning(id, "sleep 1000"));
  const woken = new Promise<void>((resolve) => provider.watch?.(resolve, over.signal));
  process.kill(pid, "SIGKILL");
  await woken;
  const told = await seenAs(provider, id, hasEnded);
  expect(told.reason).toBe("killed by SIGKILL; last line of its log: \\x1b[31mat work");
});

it("tells with which code it exited, as often as it is asked", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("echo no good >&2; exit 3"), {}, ctx);
  const told = await seenAs(provider, id, hasEnded);
  expect(told.reason).toBe("exited with code 3; last line of its log: no good");
  expect(await seen(provider, id)).toEqual(told);
});

it("is found again after the Muster that made it was killed, untouched", async () => {
  const dir = `${freshDirectory()}/processes`;
  const id = await madeElsewhere(dir, "exec sleep 1000");
  const pid = await until(() => pidRunning(id, "sleep 1000"));
  const { provider } = await freshProvider(dir);
  expect(await listed(provider)).toMatchObject([{ id, phase: "running", tags: { made: "elsewhere" } }]);
  expect(pidRunning(id, "sleep 1000")).toBe(pid);
});

it("tells how it ended while no Muster was there", async () => {
  const dir = `${freshDirectory()}/processes`;
  const gate = `${freshDirectory()}/gate`;
  const id = await madeElsewhere(dir, `while [ ! -e ${gate} ]; do sleep 0.01; done; exit 7`);
  const leader = leaderOf(id);
  writeFileSync(gate, "");
  await until(() => (isAlive(leader) ? undefined : true));
  const { provider } = await freshProvider(dir);
  expect(await listed(provider)).toMatchObject([{ id, phase: "ended", reason: "exited with code 7" }]);
});

async function madeElsewhere(dir: string, script: string): Promise<string> {
  const maker = spawn(process.execPath, [`${import.meta.dirname}/test/make-and-wait.ts`, dir, script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(maker.stdout, "data");
  const gone = once(maker, "exit");
  maker.kill("SIGKILL");
  await gone;
  return String(said).trim();
}

it("is known by /proc alone, also when its directory was deleted, and an update makes that again", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create(SLEEP, { kind: "web" }, ctx);
  await until(() => pidOfSleep(id));
  rmSync(`${dir}/${id}`, { recursive: true });
  const other = await processType.open({ dir }, io);
  const [found] = await listed(other, { kind: "web" });
  expect(found).toMatchObject({ id, phase: "running", properties: {} });
  if (found === undefined) return;
  await other.update?.(found, { ...SLEEP, stop: { timeout: "2s" } }, ctx);
  expect(await seen(provider, id)).toMatchObject({
    tags: { kind: "web" },
    properties: { ...SLEEP, stop: { timeout: "2s" } },
  });
  await provider.destroy(id, ctx);
  expect(await listed(provider)).toEqual([]);
});

it("changes how it is stopped and logged in place, and its tags on the disk", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ ...SLEEP, log: { files: 2 } }, { old: "stays", kind: "web" }, ctx);
  const pid = await until(() => pidOfSleep(id));
  const [found] = await listed(provider);
  if (found === undefined) throw new Error("it is not there");
  const want = { command: "/bin/true", stop: { signal: "SIGINT" as const }, log: { size: 65_536 } };
  await provider.update?.(found, want, ctx);
  await provider.retag?.(id, { kind: "changed" }, ctx);
  expect(await seen(provider, id)).toMatchObject({
    tags: { old: "stays", kind: "changed" },
    properties: { ...SLEEP, stop: want.stop, log: want.log },
  });
  expect(isAlive(pid)).toBe(true);
});

it("runs on where its leader was killed, and that is told; its end then is not known", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell("exec env -i sleep 1000"), {}, ctx);
  const leader = leaderOf(id);
  const pid = await until(() => pidInSession(leader, "sleep"));
  // Known from an earlier look: its environment says nothing any more.
  expect(await seen(provider, id)).toMatchObject({ phase: "running" });
  process.kill(leader, "SIGKILL");
  const told = await seenAs(provider, id, (each) => each?.reason !== undefined);
  expect(told).toMatchObject({ phase: "running", reason: expect.stringContaining("leader was killed") });
  process.kill(pid, "SIGKILL");
  expect(await seenAs(provider, id, hasEnded)).toMatchObject({ reason: expect.stringContaining("nobody has told") });
  await provider.destroy(id, ctx);
  expect(await listed(provider)).toEqual([]);
});

it("misses one whose whole session was killed, and wakes", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create(SLEEP, {}, ctx);
  await until(() => existsSync(`${dir}/${id}/log`) || undefined);
  const other = await processType.open({ dir: provider.scope }, io);
  await listed(other);
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const woken = new Promise<void>((resolve) => other.watch?.(resolve, over.signal));
  process.kill(-leaderOf(id), "SIGKILL");
  await woken;
  expect(await seenAs(other, id, hasEnded)).toMatchObject({ reason: expect.stringContaining("nobody has told") });
});

it("still hears of ends and of new ones when its directories were removed and made anew", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create(shell("exec sleep 1000"), {}, ctx);
  const pid = await until(() => pidRunning(id, "sleep 1000"));
  const other = await processType.open({ dir }, io);
  const over = new AbortController();
  onTestFinished(() => over.abort());
  let wakes = 0;
  other.watch?.(() => wakes++, over.signal);
  rmSync(`${dir}/ends`, { recursive: true });
  process.kill(pid, "SIGKILL");
  expect(await seenAs(other, id, hasEnded)).toMatchObject({ reason: "killed by SIGKILL" });
  await until(() => wakes > 0 || undefined);
  rmSync(dir, { recursive: true });
  expect(await listed(other)).toEqual([]);
  const { id: next } = await provider.create(SLEEP, {}, ctx);
  const before = wakes;
  await until(() => wakes > before || undefined);
  expect(await listed(other)).toMatchObject([{ id: next, phase: "running" }]);
});

function pidInSession(session: number, name: string): number | undefined {
  const pids = readdirSync("/proc")
    .filter((each) => /^\d+$/.test(each))
    .map(Number);
  return pids.find((pid) => sessionOf(pid) === session && textAt(`/proc/${pid}/comm`).trim() === name);
}

it("lists everything while others are being made", async () => {
  const { provider } = await freshProvider();
  const { provider: other } = await freshProvider(provider.scope);
  const made = new Set<string>();
  const makers = Array.from({ length: 8 }, async (_, at) => {
    for (let round = 0; round < 4; round++) made.add((await provider.create(SLEEP, { at: String(at) }, ctx)).id);
  });
  const all = Promise.all(makers);
  let isDone = false;
  const done = all.then(() => {
    isDone = true;
  });
  while (!isDone) {
    const before = [...made];
    const ids = new Set((await listed(other)).map(({ id }) => id));
    expect(before.filter((id) => !ids.has(id))).toEqual([]);
  }
  await done;
  expect(await listed(other)).toHaveLength(32);
});
