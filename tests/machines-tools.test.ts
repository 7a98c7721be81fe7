/** Every tool once on a member of a group, through the real command, and what the history tells of it. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canBoot, machines, openMachineRoom, page, portsOf, tellWhatIsLeftOut, until } from "./support/machine-room.ts";

tellWhatIsLeftOut("a tool on a member of a group");
// What comes of it is tried where there is gdb.
const hasDebugger = spawnSync("gdb", ["--version"]).status === 0;

describe.skipIf(!canBoot)("a member of a group of machines (needs QEMU and a C compiler)", () => {
  it("is looked into, stopped and taken back, and who did it is written down", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    await room.build("hello");
    await room.serve();
    await room.apply({ web: machines("hello", 2) });
    const [[id, port] = ["", 0], [, otherPort] = ["", 0]] = portsOf(await room.whole("web", 2));
    const use = (tool: string, ...words: readonly string[]) => room.muster("instance", tool, id, ...words);
    const healthy = () => page(port, "/health", 300);

    expect(await use("console")).toContain('{"event":"ready","name":"web-');
    const following = room.begin("instance", "logs", "-f", id);
    const tracing = room.begin("instance", "trace", id, "--for", "3s", "--out", "web.pcap");
    await until(
      async () => (await page(port, "/health?traced")) && following.said().includes("/health?traced"),
      following.said,
    );
    await until(async () => (await page(port, "/health?taken")) && tracing.child.exitCode === 0, tracing.said);
    const capture = readFileSync(join(room.home, "web.pcap"));
    expect(capture.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(capture.includes("GET /health?taken")).toBe(true);

    expect(await use("core", "--out", "web.core")).toMatch(/^web\.core: \d+ bytes\n$/);
    const core = join(room.home, "web.core");
    expect(readFileSync(core).toString("latin1", 0, 4)).toBe("\x7fELF");
    expect(statSync(core).mode & 0o777).toBe(0o600);

    const told = await use("gdb");
    if (hasDebugger) {
      const command = `${told.trim().replace(/^gdb /, "gdb -batch -nx ")} -ex 'info registers rip' -ex detach`;
      expect(spawnSync("/bin/sh", ["-c", command], { encoding: "utf8", timeout: 30_000 }).stdout).toMatch(/rip\s+0x1/);
    } else expect(told).toContain("target remote ");

    expect(await use("pause")).toBe(`${room.stack}/web: ${id} is paused\n`);
    expect(await healthy()).toBeUndefined();
    expect(await room.muster("instance", "ls", "web")).toMatch(new RegExp(`${id} .* ready .* it is paused`));
    await use("continue");
    expect(await healthy()).toContain("healthy");
    await use("link", "down");
    expect(await healthy()).toBeUndefined();
    await use("link", "up");
    expect(await healthy()).toContain("healthy");

    const requests = async () => JSON.parse((await page(port, "/")) ?? "{}").requests;
    await use("snapshot", "before");
    const count = await requests();
    await requests();
    await use("restore", "before");
    expect(await requests()).toBe(count);
    expect(await use("stats")).toMatch(/^residentBytes +\d+$/m);

    // What is typed goes to the guest, which does not listen; who typed is told.
    await room.muster("instance", "console", "-i", id);
    const history = await room.history("web");
    const by = (words: string) => `· ${words}  (user:${userInfo().username}, intentional)`;
    expect(history.match(/· .* \(user:.*$/gm)?.slice(1)).toEqual([
      ...TOOLS.map((words) => by(`\`${words}\` is asked of ${id}`)),
      by(`the console of ${id} is typed into`),
    ]);

    // It tells of its end as before, though it has been elsewhere.
    await page(port, "/panic", 300);
    await room.until("web", ({ seen }) => !seen.some((each) => each.id === id));
    await room.whole("web", 2);
    expect(await room.history("web")).toContain(`${id} is unhealthy: the guest panicked`);
    await until(() => following.child.exitCode === 0, following.said);
    expect(await page(otherPort, "/health")).toContain("healthy");
  });
});

/** In the order in which they are used. */
const TOOLS = ["trace", "core", "gdb", "pause", "continue", "link down", "link up"].concat(
  ...["snapshot before", "restore before", "stats"],
);
