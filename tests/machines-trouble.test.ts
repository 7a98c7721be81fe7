/** Groups of real machines where something around them is missing: a port, the hypervisor, room on the disk. */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { systemCodeOf } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "./support/free-port.ts";
import { LITTLE_ROOMS } from "./support/little-room.ts";
import {
  canBoot,
  homesIn,
  hypervisor,
  machines,
  openMachineRoom,
  page,
  portsOf,
  tellWhatIsLeftOut,
  whyStalled,
} from "./support/machine-room.ts";

tellWhatIsLeftOut("a group of machines where something is missing");

describe.skipIf(!canBoot)("a group of machines (needs QEMU and a C compiler)", () => {
  it("says that there is no QEMU, or that its port is taken, and comes up when it can", {
    timeout: 120_000,
  }, async () => {
    const room = await openMachineRoom();
    await room.build("hello");
    const bin = join(room.home, "bin");
    const port = await freePort();
    const somebody = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void somebody.close());
    await room.serve({ PATH: bin });
    await room.apply({ web: machines("hello", 3) });
    expect(await room.until("web", whyStalled)).toBe(
      `creating failed once: hypervisor: there is no program \`qemu-system-x86_64\` on the PATH ${bin}`,
    );
    await room.until("web", (seen) => whyStalled(seen)?.startsWith("creating failed 2 times"));
    mkdirSync(bin);
    symlinkSync(hypervisor, join(bin, "qemu-system-x86_64"));
    await room.whole("web", 3);
    // One for each that was wanted, and then one at a time.
    expect((await room.history("web")).match(/ create failed: /g)).toHaveLength(4);

    const fixed = { size: 1, template: { vm: { image: "hello", ports: [{ guest: 8080, host: port }] } } };
    await room.apply({ web: machines("hello", 3), fixed });
    const taken = `creating failed once: port: somebody listens on ${port} already`;
    expect(await room.until("fixed", whyStalled)).toBe(taken);
    somebody.close();
    await room.whole("fixed", 1);
    expect(await page(port, "/")).toContain('"name":"fixed-0"');
    expect((await room.history("fixed")).match(/ create failed: /g)).toHaveLength(1);
    await room.whole("web", 3);
  });
});

const [disk] = LITTLE_ROOMS;
if (disk?.lacks !== undefined) process.stdout.write(`${disk.lacks}: no machine is tried on a full disk\n`);

describe.skipIf(!canBoot || disk?.lacks !== undefined)("a full disk (needs QEMU, a C compiler, and mounts)", () => {
  it("lets no machine be made, and those that run go on and tell of their ends", { timeout: 120_000 }, async () => {
    const room = await openMachineRoom();
    await room.build("hello");
    mkdirSync(room.machines, { mode: 0o700 });
    const { pid } = await room.serve({}, disk?.through(room.machines));
    const within = (name: string) => disk?.seen(pid, `${room.machines}/${name}`) ?? "";
    await room.apply({ web: machines("hello", 4) });
    const before = portsOf(await room.whole("web", 4));
    const pids = room.hypervisors();
    // Room for a part of what a machine writes while it begins: one that was half made could tell of nothing.
    fill(within("more-ballast"), 2 * PAGE);

    await room.muster("group", "scale", "web", "5");
    expect(await room.until("web", whyStalled)).toMatch(/^creating failed once: .*: ENOSPC: no space left on device/);
    for (const port of before.values()) expect(await page(port, "/health")).toContain("healthy");
    expect(homesIn(within(""))).toHaveLength(4);
    expect(room.hypervisors()).toEqual(pids);

    const [panics = "", exits = ""] = before.keys();
    await page(before.get(panics) ?? 0, "/panic", 200);
    await page(before.get(exits) ?? 0, "/exit/3", 200);
    await room.until("web", ({ seen }) => seen.filter(({ phase }) => phase === "ended").length === 2);
    rmSync(within("ballast"));
    rmSync(within("more-ballast"));
    await room.whole("web", 5);
    const history = await room.history("web");
    expect(history).toContain(`${panics} is unhealthy: the guest panicked`);
    expect(history).toContain(`${exits} is unhealthy: the guest exited with code 3`);
    const now = room.hypervisors();
    for (const [id, each] of pids) if (id !== panics && id !== exits) expect(now.get(id)).toBe(each);
  });
});

const PAGE = 4096;

/** Writes into a file until there is no room for more than so many bytes. */
function fill(path: string, left: number): void {
  const file = openSync(path, "w");
  const piece = Buffer.alloc(PAGE);
  try {
    for (;;) writeSync(file, piece);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOSPC") throw thrown;
    ftruncateSync(file, fstatSync(file).size - left);
  } finally {
    closeSync(file);
  }
}
