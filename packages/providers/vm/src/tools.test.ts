/** What can be done to real machines to find out about them. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  constants as fs,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { EVENTS_FILE, RESTORING, ROOM_FOR_EVENTS, SNAPSHOTS, WORKSHOP, WORKSHOP_WITHIN } from "./qemu/files.ts";
import { withQmp } from "./qemu/qmp.ts";
import {
  booted,
  bytesOf,
  canBoot,
  ctx,
  failureOf,
  freshRoomWithHello,
  get,
  hasEnded,
  hello,
  hypervisorOf,
  listed,
  seenAs,
  used,
} from "./test/machines.ts";
import { until } from "./test/qemu.ts";

/** Somebody asks while QEMU hears another, and hangs up before it is his turn. */
async function givenUpWaiting(
  home: string,
  ask: (signal: AbortSignal) => AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  const patience = AbortSignal.timeout(500);
  let asking: Promise<unknown> = Promise.resolve();
  const hearing = async () => {
    asking = bytesOf(ask(patience)).catch(() => undefined);
    await once(patience, "abort");
  };
  await withQmp(home, hearing, ctx.signal);
  await asking;
}

async function one() {
  const room = await freshRoomWithHello();
  const want = await hello();
  const id = await booted(room.machines, want);
  return { ...room, id, port: want.port, home: `${room.dir}/${id}` };
}

const hasDebugger = spawnSync("gdb", ["--version"]).status === 0;

describe.skipIf(!canBoot)("a machine (needs QEMU and a C compiler)", () => {
  it("stands still while it is paused, says so, and goes on", async () => {
    const { machines, id, port } = await one();
    expect(await used(machines, id, { tool: "pause" })).toHaveLength(0);
    expect(await listed(machines)).toMatchObject([{ phase: "running", reason: "it is paused" }]);
    expect(await get(port, "/health")).toBeUndefined();
    await used(machines, id, { tool: "continue" });
    await seenAs(machines, id, (each) => each?.reason === undefined);
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("tells what it uses", async () => {
    const { machines, id } = await one();
    const told = JSON.parse(`${await used(machines, id, { tool: "stats" })}`);
    expect(told).toMatchObject({ cpus: 1, memoryBytes: 4 * 1024 * 1024 });
    expect(told.residentBytes).toBeGreaterThan(4 * 1024 * 1024);
    expect(told.threads).toBeGreaterThan(1);
  });

  it("loses its network when its cable is out, and nothing else", async () => {
    const { machines, id, port } = await one();
    await used(machines, id, { tool: "link", argument: "down" });
    expect(await get(port, "/health")).toBeUndefined();
    expect((await listed(machines))[0]?.phase).toBe("running");
    await used(machines, id, { tool: "link", argument: "up" });
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("has its memory written as a core, of which nothing stays", async () => {
    const { machines, id, home } = await one();
    const core = await used(machines, id, { tool: "core" });
    expect(core.toString("latin1", 0, 4)).toBe("\x7fELF");
    expect(core.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(core.includes("greeting=hi name=web-0 ")).toBe(true);
    expect(readdirSync(`${home}/${WORKSHOP}`)).toEqual([]);
  });

  it("shows what goes over its network while somebody takes it", async () => {
    const { machines, id, port, home } = await one();
    const over = new AbortController();
    const capture = machines.tool?.(id, { tool: "trace" }, { signal: over.signal });
    const parts: Uint8Array[] = [];
    const taken = (async () => {
      for await (const bytes of capture ?? []) parts.push(bytes);
    })();
    await until(
      async () => {
        await get(port, "/health?seen");
        return Buffer.concat(parts).includes("/health?seen") ? true : undefined;
      },
      () => "it is not seen",
    );
    // A second one would have to share the first one's pipe. QEMU itself would close the keyboard when it refuses it.
    expect((await failureOf(used(machines, id, { tool: "trace" }))).message).toContain("is being captured already");
    expect(readlinkSync(`/proc/${hypervisorOf(id)}/fd/0`)).toMatch(/^pipe:/);
    await givenUpWaiting(home, (signal) => machines.tool?.(id, { tool: "trace" }, { signal }));
    await until(
      async () => {
        await get(port, "/health?still");
        return Buffer.concat(parts).includes("/health?still") ? true : undefined;
      },
      () => "it is seen no more",
    );
    over.abort();
    await taken;
    expect(Buffer.concat(parts).readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(readdirSync(`${home}/${WORKSHOP}`)).toEqual([]);
    // It can be done again.
    const again = new AbortController();
    const second = bytesOf(machines.tool?.(id, { tool: "trace" }, { signal: again.signal }));
    await get(port, "/health");
    again.abort();
    await second;
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("has its network captured though a Muster that was killed has left a capture behind", async () => {
    const { machines, id, port, home } = await one();
    const left = `${home}/${WORKSHOP}/trace-left`;
    spawnSync("mkfifo", ["-m", "666", left]);
    const reader = openSync(left, fs.O_RDONLY | fs.O_NONBLOCK);
    const filter = { "qom-type": "filter-dump", id: "trace", netdev: "net", file: `${WORKSHOP_WITHIN}/trace-left` };
    await withQmp(home, (qmp) => qmp.ask("object-add", filter), ctx.signal);
    // As long as somebody reads, it is his.
    expect((await failureOf(used(machines, id, { tool: "trace" }))).message).toContain("is being captured already");
    closeSync(reader);
    const over = new AbortController();
    const taken = bytesOf(machines.tool?.(id, { tool: "trace" }, { signal: over.signal }));
    await until(
      () => (readdirSync(`${home}/${WORKSHOP}`).includes("trace-left") ? undefined : true),
      () => "what was left is still there",
    );
    await get(port, "/health?again");
    over.abort();
    expect((await taken).readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(readdirSync(`${home}/${WORKSHOP}`)).toEqual([]);
  });

  it.skipIf(!hasDebugger)("opens a door for a debugger, and tells the command (needs gdb)", async () => {
    const { machines, id, port } = await one();
    const told = `${await used(machines, id, { tool: "gdb" })}`;
    expect(`${await used(machines, id, { tool: "gdb" })}`).toBe(told);
    const command = told.trim().replace(/^gdb /, "gdb -batch -nx ");
    const debugging = spawn("/bin/sh", ["-c", `${command} -ex 'info registers rip' -ex detach`]);
    const [shown] = await Promise.all([bytesOf(debugging.stdout), once(debugging, "close")]);
    expect(shown.toString()).toMatch(/rip\s+0x1[0-9a-f]{5}/);
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("is taken back to a snapshot, from wherever it is", async () => {
    const { machines, id, port, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "before" });
    expect(statSync(`${home}/${SNAPSHOTS}/before`).mode & 0o777).toBe(0o600);
    const pid = hypervisorOf(id);
    const countOf = async () => JSON.parse((await get(port, "/")) ?? "{}").requests;
    const first = await countOf();
    await countOf();
    await used(machines, id, { tool: "restore", argument: "before" });
    expect(await countOf()).toBe(first);
    expect(hypervisorOf(id)).not.toBe(pid);

    await get(port, "/panic");
    await seenAs(machines, id, hasEnded);
    await used(machines, id, { tool: "restore", argument: "before" });
    await seenAs(machines, id, (each) => each?.phase === "running");
    expect(await countOf()).toBe(first);

    await get(port, "/exit/3");
    await seenAs(machines, id, hasEnded);
    const failure = await failureOf(used(machines, id, { tool: "restore", argument: "before" }));
    expect(failure.kind).toBe("invalid");
  });

  it("wakes whoever watches when it ends after it was taken back to a snapshot, too", async () => {
    const { machines, id, port } = await one();
    const watching = new AbortController();
    onTestFinished(() => watching.abort());
    let wakes = 0;
    machines.watch?.(() => wakes++, watching.signal);
    await listed(machines);
    await used(machines, id, { tool: "snapshot", argument: "before" });
    await used(machines, id, { tool: "restore", argument: "before" });
    // Whoever is woken looks.
    await seenAs(machines, id, (each) => each?.phase === "running");
    const before = wakes;
    await get(port, "/panic");
    await until(
      () => (wakes > before ? true : undefined),
      () => "nobody was woken",
    );
    expect((await seenAs(machines, id, hasEnded)).reason).toContain("panicked");
  });

  it("that is paused stays so over a snapshot", async () => {
    const { machines, id } = await one();
    await used(machines, id, { tool: "pause" });
    await used(machines, id, { tool: "snapshot", argument: "still" });
    expect((await listed(machines))[0]?.reason).toBe("it is paused");
  });

  it("whose Muster was killed in the middle of taking it back has not begun, and can still be taken back", async () => {
    const { machines, id, port, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "before" });
    // As far as `restore` came.
    writeFileSync(`${home}/${EVENTS_FILE}.new`, ROOM_FOR_EVENTS);
    writeFileSync(`${home}/${RESTORING}`, "");
    await withQmp(home, (qmp) => qmp.ask("quit"), ctx.signal).catch(() => undefined);
    await seenAs(machines, id, (each) => each?.phase === "starting" && each.reason === "its guest has not begun yet");
    await used(machines, id, { tool: "restore", argument: "before" });
    await seenAs(machines, id, (each) => each?.phase === "running");
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("goes on where a snapshot is given up while it is taken", async () => {
    const { machines, id, port } = await one();
    for (const ms of [0, 1, 2, 4, 6, 8, 12]) {
      const asked = { tool: "snapshot", argument: "given-up" } as const;
      await bytesOf(machines.tool?.(id, asked, { signal: AbortSignal.timeout(ms) })).catch(() => undefined);
      expect(await get(port, "/health", 10_000)).toContain("healthy");
    }
    expect((await listed(machines))[0]).not.toHaveProperty("reason");
  });

  it("goes on as it was, or has ended, where going back is given up, and is no machine that waits", async () => {
    const { machines, id, port, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "before" });
    for (const ms of [0, 1, 3, 6, 15, 30]) {
      const asked = { tool: "restore", argument: "before" } as const;
      await bytesOf(machines.tool?.(id, asked, { signal: AbortSignal.timeout(ms) })).catch(() => undefined);
      expect(existsSync(`${home}/${RESTORING}`)).toBe(false);
      const isWell = async () => ((await get(port, "/health", 10_000))?.includes("healthy") ? "well" : undefined);
      const isOver = async () => (hasEnded((await listed(machines))[0]) ? "over" : undefined);
      const became = await until(
        async () => (await isWell()) ?? (await isOver()),
        () => "neither",
      );
      if (became === "over") return;
    }
    await get(port, "/exit/3");
    expect((await seenAs(machines, id, hasEnded)).reason).toContain("the guest exited with code 3");
  });

  it("is not kept as a snapshot where it writes to a disk", async () => {
    const { machines, settings } = await freshRoomWithHello();
    const path = `${settings.dir}-disk`;
    writeFileSync(path, Buffer.alloc(1024 * 1024));
    onTestFinished(() => rmSync(path));
    const id = await booted(machines, await hello({ disks: [{ path }] }));
    const failure = await failureOf(used(machines, id, { tool: "snapshot", argument: "x" }));
    expect(failure.message).toBe(`it writes to the disk ${path}: a snapshot keeps its memory only`);
  });

  it("gives two who ask for its memory at once each the whole of it", async () => {
    const { machines, id, home } = await one();
    const cores = await Promise.all([1, 2].map(() => used(machines, id, { tool: "core" })));
    for (const core of cores) expect(core.includes("greeting=hi name=web-0 ")).toBe(true);
    expect(readdirSync(`${home}/${WORKSHOP}`)).toEqual([]);
  });

  it("has no snapshot that was never taken, and says which there are", async () => {
    const { machines, id } = await one();
    const none = await failureOf(used(machines, id, { tool: "restore", argument: "x" }));
    expect(none.message).toBe("there is no snapshot `x`: it has none");
    await used(machines, id, { tool: "snapshot", argument: "one" });
    const other = await failureOf(used(machines, id, { tool: "restore", argument: "x" }));
    expect(other.message).toBe("there is no snapshot `x`: there are one");
    expect((await listed(machines))[0]?.phase).toBe("running");
  });

  it("keeps a snapshot that is being taken when another one of that name is given up", async () => {
    const { machines, id, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "a" });
    const unfinished = `${home}/${SNAPSHOTS}/.a`;
    writeFileSync(unfinished, "half");
    await givenUpWaiting(home, (signal) => machines.tool?.(id, { tool: "snapshot", argument: "a" }, { signal }));
    expect(existsSync(unfinished)).toBe(true);
  });

  it("ends at its end after nobody could tell it to go back to a snapshot", async () => {
    const { machines, id, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "before" });
    await givenUpWaiting(home, (signal) => machines.tool?.(id, { tool: "restore", argument: "before" }, { signal }));
    process.kill(hypervisorOf(id), "SIGKILL");
    expect((await seenAs(machines, id, hasEnded)).reason).toContain("killed by SIGKILL");
  });

  it("is not taken for one that runs while it waits to be taken back", async () => {
    const { machines, id, home } = await one();
    // As a Muster that is killed in the middle leaves it.
    writeFileSync(`${home}/${EVENTS_FILE}.new`, "");
    writeFileSync(`${home}/${RESTORING}`, "");
    await withQmp(home, (qmp) => qmp.ask("quit"), ctx.signal).catch(() => undefined);
    await until(
      () => (existsSync(`${home}/${RESTORING}`) ? undefined : true),
      () => "it has not begun anew",
    );
    expect((await seenAs(machines, id, (each) => each?.reason === "its guest has not begun yet")).phase).toBe(
      "starting",
    );
    process.kill(hypervisorOf(id), "SIGKILL");
    await seenAs(machines, id, hasEnded);
  });

  it("is not taken back to a snapshot that is torn: it has ended, and says so", async () => {
    const { machines, id, home } = await one();
    await used(machines, id, { tool: "snapshot", argument: "torn" });
    const path = `${home}/${SNAPSHOTS}/torn`;
    truncateSync(path, Math.floor(statSync(path).size / 2));
    await failureOf(used(machines, id, { tool: "restore", argument: "torn" }));
    await seenAs(machines, id, hasEnded);
  });

  it("hears what is typed on its console, and whoever types too much is not waited for", async () => {
    const { machines, id, port } = await one();
    async function* keys() {
      for (let count = 0; count < 100; count++) yield Buffer.alloc(65_536, "x");
    }
    const over = new AbortController();
    const shown = machines.console?.(id, { follow: true, input: keys() }, { signal: over.signal });
    const reading = bytesOf(shown);
    expect(await get(port, "/health")).toContain("healthy");
    over.abort();
    await reading;
    onTestFinished(() => expect(existsSync(`/proc/${hypervisorOf(id)}`)).toBe(true));
    expect(await get(port, "/health")).toContain("healthy");
  });

  it("whose hypervisor has ended has nothing that a tool could be used on", async () => {
    const { machines, id } = await one();
    process.kill(hypervisorOf(id), "SIGKILL");
    await seenAs(machines, id, hasEnded);
    const failure = await failureOf(used(machines, id, { tool: "stats" }));
    expect(failure.kind).toBe("invalid");
    expect(failure.message).toContain("has ended");
    expect((await failureOf(used(machines, "v-000000000000", { tool: "stats" }))).kind).toBe("invalid");
  });
});
