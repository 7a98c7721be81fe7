/** Groups of real machines, kept by the real `muster serve`: they come up, are scaled, end in every way, and heal. */
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Life } from "./crash/life.ts";
import { frailKernel } from "./support/bare-kernels.ts";
import { pidsAtHome, wordsOf } from "./support/left-behind.ts";
import {
  ASKED_OVER_HTTP,
  canBoot,
  homesIn,
  type MachineRoom,
  machines,
  openMachineRoom,
  page,
  portsOf,
  tellWhatIsLeftOut,
  until,
} from "./support/machine-room.ts";

tellWhatIsLeftOut("a group of machines");

describe.skipIf(!canBoot)("a group of machines (needs QEMU and a C compiler)", () => {
  it("comes up, twenty of them, is scaled down and up, and goes without a trace", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    await room.build("hello");
    await room.serve();
    await room.apply({ web: machines("hello", 20) });
    const twenty = portsOf(await room.whole("web", 20));
    expect(new Set(twenty.values()).size).toBe(20);
    const names = await Promise.all([...twenty.values()].map(nameAt));
    expect(new Set(names).size).toBe(20);
    expect((await room.muster("instance", "ls", "web")).match(/ ready /g)).toHaveLength(20);

    await room.muster("group", "scale", "web", "5");
    await room.whole("web", 5);
    expect(room.hypervisors().size).toBe(5);
    await room.muster("group", "scale", "web", "8");
    const eight = portsOf(await room.whole("web", 8));
    expect((await Promise.all([...eight.values()].map(nameAt))).every(Boolean)).toBe(true);

    await room.muster("group", "destroy", "web", "--yes");
    await untilNobodyIsLeft(room);
  });

  it("is made once, though Muster is killed with -9 while it makes and scales", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    await room.build("hello");
    const killed = async (life: Life) => {
      await life.kill();
      return room.serve();
    };
    let life = await room.serve();
    await room.apply({ web: machines("hello", 12) });
    await until(
      () => room.hypervisors().size > 0,
      () => "nobody is made",
    );
    life = await killed(life);
    const twelve = portsOf(await room.whole("web", 12));
    expect([...room.hypervisors().keys()].toSorted()).toEqual([...twelve.keys()].toSorted());
    await room.muster("group", "scale", "web", "3");
    life = await killed(life);
    await room.whole("web", 3);
    expect(room.hypervisors().size).toBe(3);
    await room.muster("group", "destroy", "web", "--yes");
    await killed(life);
    await untilNobodyIsLeft(room);
  });

  it.each([
    ["whoever ends is replaced by itself, and the history says why", false],
    ["the same, where Muster was killed with -9 when they ended, and nothing is made twice", true],
  ])("%s", { timeout: 120_000 }, async (_, isAway) => {
    const room = await openMachineRoom();
    await room.build("hello");
    await room.build("frail", { kernel: frailKernel(room.home), health: { console: "up" } });
    const life = await room.serve();
    await room.apply({
      web: machines("hello", 8, { flavor: ASKED_OVER_HTTP, rollout: { initialDelay: "2s" } }),
      frail: { size: 2, template: { vm: { image: "frail" } } },
    });
    const before = portsOf(await room.whole("web", 8));
    const [broken = "", whole = ""] = (await room.whole("frail", 2)).seen.map(({ id }) => id);
    const pids = room.hypervisors();
    if (isAway) await life.kill();

    const [exits = "", fails = "", panics = "", hangs = "", killed = "", lost = "", ...others] = before.keys();
    const ask = (id: string, path: string) => page(before.get(id) ?? 0, path, 200);
    process.kill(pids.get(killed) ?? 0, "SIGKILL");
    for (const pid of allOf(room, lost)) process.kill(pid, "SIGKILL");
    // What is typed comes in where the shell above QEMU reads.
    const shell = readFileSync(`${room.machines}/${broken}/shell`, "utf8").trim();
    appendFileSync(`/proc/${shell}/fd/0`, "x");
    await Promise.all([ask(exits, "/exit/0"), ask(fails, "/exit/3"), ask(panics, "/panic"), ask(hangs, "/hang")]);
    if (isAway) await room.serve();

    await room.until(
      "web",
      ({ seen }) => !seen.some(({ id }) => [exits, fails, panics, hangs, killed, lost].includes(id)),
    );
    await room.until("frail", ({ seen }) => !seen.some(({ id }) => id === broken));
    await room.whole("web", 8);
    await room.whole("frail", 2);

    const history = await room.history("web");
    const last = "; last line of its console: ";
    expect(history).toContain(`${exits} is unhealthy: the guest exited with code 0${last}{"event":"exit","code":0}`);
    expect(history).toContain(`${fails} is unhealthy: the guest exited with code 3${last}{"event":"exit","code":3}`);
    expect(history).toContain(`${panics} is unhealthy: the guest panicked${last}{"event":"panic"`);
    expect(history).toContain(`${killed} is unhealthy: its hypervisor was killed by SIGKILL${last}{"event":"`);
    expect(history).toContain(
      `${lost} is unhealthy: it lives no more, and nobody has told how it ended: its hypervisor's leader`,
    );
    expect(history).toContain(`${hangs} is unhealthy: http://127.0.0.1:${before.get(hangs)}/health did not answer`);
    expect(await room.history("frail")).toContain(`${broken} is unhealthy: the guest was reset: it crashed`);
    expect(history.match(/\+ created /g)).toHaveLength(8 + 6);
    const now = room.hypervisors();
    expect(now.size).toBe(10);
    for (const id of [...others, whole]) expect(now.get(id)).toBe(pids.get(id));
  });
});

/** The hypervisor of a machine, and those that are there to tell of its end, who come first. */
function allOf({ home }: MachineRoom, id: string): readonly number[] {
  return pidsAtHome(home).filter((pid) => wordsOf(pid).includes(id));
}

async function untilNobodyIsLeft(room: MachineRoom): Promise<void> {
  await until(
    async () => (await room.muster("group", "ls")).includes("No groups."),
    () => "the group is still there",
  );
  // One that had not begun when Muster was killed goes after a minute: another Muster might be about to start it.
  expect(homesIn(room.machines).filter((id) => existsSync(`${room.machines}/${id}/begun`))).toEqual([]);
  expect(readdirSync(`${room.machines}/ends`)).toEqual([]);
  // Muster itself is all that is left.
  expect(pidsAtHome(room.home).map((pid) => wordsOf(pid).at(-1))).toEqual(["serve"]);
}

async function nameAt(port: number): Promise<string | undefined> {
  return /"name":"(web-\d+)"/.exec((await page(port, "/")) ?? "")?.[1];
}
