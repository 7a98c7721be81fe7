/** A Muster whose store finds no more room, on the real command. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GroupDetail, groupPath, PATHS } from "@muster/daemon";
import { type Document, isConverged } from "@muster/model";
import { verifyChain } from "@muster/store";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openDisk } from "./crash/disk.ts";
import { type Life, startLife } from "./crash/life.ts";
import { readRecords } from "./crash/records.ts";
import { MUSTER } from "./crash/run.ts";
import { ask } from "./crash/talk.ts";
import { LITTLE_ROOMS, type LittleRoom } from "./support/little-room.ts";

const SOON = { timeout: 20_000, interval: 50 };
/** A pass that failed is tried again after a minute at most. */
const IN_A_MINUTE = { timeout: 90_000, interval: 50 };
/** More orders than this fit into no room that is little. */
const MOST_ORDERS = 2_000;

/** One story for each: every statement goes on from the one before. */
describe.each(LITTLE_ROOMS)("a store that runs out of room: $name", (room: LittleRoom) => {
  const home = mkdtempSync(join(tmpdir(), "muster-full-"));
  const [state, instances] = [join(home, "state"), join(home, "instances")];
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_RUNTIME_DIR: join(home, "run"),
    MUSTER_STATE_DIR: state,
    MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
  };
  const socket = join(home, "run/muster/muster.sock");
  let life: Life | undefined;
  /** The size that was acknowledged last. */
  let size = 2;
  let orders = 0;

  beforeAll(async () => {
    if (room.lacks !== undefined) return;
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
    mkdirSync(state, { mode: 0o700 });
    life = startLife(MUSTER, env, room.through(state));
    expect(await life.ready, life.said()).toBe(true);
    await apply(size);
    await vi.waitFor(async () => expect(await isWhole("web")).toBe(true), SOON);
  });
  afterAll(async () => {
    await life?.kill();
    rmSync(home, { recursive: true });
  });

  const statement = (what: string, check: () => Promise<void>) =>
    it(what, { timeout: 120_000 }, async ({ skip }) => {
      if (room.lacks !== undefined) skip(room.lacks);
      await check();
    });

  function apply(web: number) {
    const group = (count: number) => ({ size: count, template: { "instance-file": { properties: {} } } });
    const groups = { web: group(web), calm: group(1) };
    const data = { stack: "shop", providers: { "instance-file": { dir: instances } }, groups };
    const document: Document = { dialect: "muster", data };
    return ask(socket, PATHS.apply, { actor: "ann", source: "test", document });
  }

  function scale(wanted: number) {
    orders++;
    return ask(socket, groupPath("shop", "web", "scale"), { actor: `ann-${orders}`, size: wanted });
  }

  async function detail(group: string): Promise<GroupDetail> {
    return (await ask(socket, groupPath("shop", group)))?.body as GroupDetail;
  }

  async function isWhole(group: string): Promise<boolean> {
    const { status, size: wanted } = await detail(group);
    return status !== undefined && isConverged(status) && status.ready === wanted;
  }

  const disk = openDisk(instances, home);
  const membersOf = (group: string) => disk.instances().filter(({ mark }) => mark?.owner === group);

  function muster(...words: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MUSTER, ...words], { env, encoding: "utf8" });
    return { status, out: stdout, err: stderr };
  }

  const records = () => readRecords(room.seen(life?.pid ?? 0, join(state, "store.sqlite")), 0);

  statement("refuses the order that does not fit, and says why and what to do", async () => {
    room.narrow(life?.pid ?? 0, state);
    let answer = await scale(size + 1);
    while (answer?.status === 200 && orders < MOST_ORDERS) {
      size = size === 2 ? 3 : 2;
      answer = await scale(size === 2 ? 3 : 2);
    }
    expect(answer).toMatchObject({ status: 500, body: { error: { code: room.code } } });
    const { status, err } = muster("group", "scale", "web", "5");
    expect(status).toBe(1);
    expect(err).toMatch(/^error\[store\.f/);
    expect(err).toContain(`error[${room.code}]`);
    expect(err).toContain(join(state, "store.sqlite"));
    expect(err).toMatch(/\n {2}next: /);
  });

  statement("goes on reading: the groups, and the history to the last order that was acknowledged", async () => {
    expect(muster("group", "ls")).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^shop\/web +instance-file +/m),
    });
    expect(await detail("web")).toMatchObject({ size });
    const { status, out } = muster("events", "--output", "json");
    expect(status).toBe(0);
    const actors = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).actor);
    expect(actors).toContain(`user:ann-${orders - 1}`);
  });

  statement("has nothing half-written: what was refused is nowhere", async () => {
    const { declarations, entries } = await records();
    expect(declarations).toMatchObject([{ document: { data: { groups: { web: { size } } } } }]);
    const events = entries.map(({ event }) => event);
    expect(events.length).toBeGreaterThan(orders);
    expect(verifyChain(events)).toBeUndefined();
    expect(events.map(({ actor }) => actor)).not.toContain(`user:ann-${orders}`);
  });

  statement("still looks at its members, and makes none that it could not remember", async () => {
    const before = (await detail("calm")).status?.lookedAt ?? 0;
    const looks = new Set<number>();
    await vi.waitFor(async () => {
      const made = membersOf("web");
      for (const { id } of made) rmSync(join(instances, id));
      if (made.length > 0) looks.clear();
      expect(made, "a last small write may have fitted").toEqual([]);
      const { status } = await detail("web");
      const stalled = { name: "Stalled", holds: true, reason: room.code };
      expect(status?.conditions).toContainEqual(expect.objectContaining(stalled));
      // Of two looks the second began after the members were gone.
      if (status !== undefined) looks.add(status.lookedAt);
      expect(looks.size).toBeGreaterThan(1);
      expect((await detail("calm")).status?.lookedAt).toBeGreaterThan(before);
    }, SOON);
    expect(await isWhole("calm")).toBe(true);
    expect(membersOf("web")).toEqual([]);
    expect(life?.said()).toMatch(/! shop\/web .*store\.sqlite/);
  });

  statement("resumes by itself when there is room, and takes orders again", async () => {
    room.widen(life?.pid ?? 0, state);
    await vi.waitFor(async () => expect(await isWhole("web")).toBe(true), IN_A_MINUTE);
    expect(membersOf("web")).toHaveLength(size);
    size = 4;
    expect(await scale(size)).toMatchObject({ status: 200 });
    await vi.waitFor(async () => expect(await isWhole("web")).toBe(true), SOON);
    expect(verifyChain((await records()).entries.map(({ event }) => event))).toBeUndefined();
    expect(await life?.end()).toBe(0);
    expect(membersOf("web")).toHaveLength(size);
  });
});
