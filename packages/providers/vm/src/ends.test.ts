/** How real machines end, and what is told of it: also when nobody was there. */
import { appendFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { bareKernel } from "./qemu/canary.ts";
import { EVENTS_FILE } from "./qemu/files.ts";
import { withQmp } from "./qemu/qmp.ts";
import {
  booted,
  bytesOf,
  canBoot,
  ctx,
  failureOf,
  freshRoom,
  freshRoomWithHello,
  get,
  hasEnded,
  hello,
  hypervisorOf,
  kernelFile,
  listed,
  seenAs,
  tags,
  used,
} from "./test/machines.ts";
import { until } from "./test/qemu.ts";

describe.skipIf(!canBoot)("a guest (needs QEMU and a C compiler)", () => {
  it.each([0, 3, 64, 78, 127])("that exits with %i is told so, with the last line of its console", async (code) => {
    const { machines } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    await get(want.port, `/exit/${code}`);
    const { reason } = await seenAs(machines, id, hasEnded);
    expect(reason).toBe(
      `the guest exited with code ${code}; last line of its console: {"event":"exit","code":${code}}`,
    );
  });

  it("that panicked stands as it was, and says so to a Muster that was not there", async () => {
    const { machines, another } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    await get(want.port, "/panic");
    const { reason } = await seenAs(machines, id, hasEnded);
    expect(reason).toMatch(/^the guest panicked; last line of its console: \{"event":"panic"/);
    const later = await another();
    expect((await seenAs(later, id, hasEnded)).reason).toBe(reason);
    // It is not let go on, which would end it; its memory can still be looked into.
    for (const tool of ["pause", "continue"] as const) {
      expect((await failureOf(used(machines, id, { tool }))).message).toMatch(/^its guest has ended: /);
    }
    expect((await used(machines, id, { tool: "core" })).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    await machines.destroy(id, ctx);
    expect(() => hypervisorOf(id)).toThrow();
  });

  it("that crashes with its first instruction, so that its processor is reset, is told so", async () => {
    const { machines, image } = await freshRoom();
    // A table of interrupts that is empty (it is read from within the code itself), and an undefined instruction.
    const crash = bareKernel((_, entry) => {
      const code = Buffer.from([0x0f, 0x01, 0x1d, 0, 0, 0, 0, 0x0f, 0x0b, 0, 0, 0, 0, 0, 0]);
      code.writeUInt32LE(entry + 9, 3);
      return code;
    });
    await image({ image: "crash", kind: "unikernel", kernel: kernelFile(crash), memory: "2MiB" });
    const { id } = await machines.create({ image: "crash" }, tags, ctx);
    expect((await seenAs(machines, id, hasEnded)).reason).toBe("the guest was reset: it crashed, or restarted itself");
  });

  it("that hangs goes on, and whoever asks it has no answer", async () => {
    const { machines } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    await get(want.port, "/hang");
    expect(await get(want.port, "/health")).toBeUndefined();
    expect((await listed(machines)).find((each) => each.id === id)?.phase).toBe("running");
    await machines.destroy(id, ctx);
    expect(await listed(machines)).toEqual([]);
  });

  it("that never answers stays starting, and can be destroyed", async () => {
    const { machines, image } = await freshRoom();
    const halt = bareKernel(() => Buffer.from([0xfa, 0xf4, 0xeb, 0xfc]));
    const health = { console: "ready" };
    await image({ image: "mute", kind: "unikernel", kernel: kernelFile(halt), memory: "2MiB", health });
    const { id } = await machines.create({ image: "mute" }, tags, ctx);
    await seenAs(machines, id, (each) => each?.phase === "starting" && each.reason === "it is not ready yet");
    await machines.destroy(id, ctx);
    expect(await listed(machines)).toEqual([]);
  });

  it("that makes its hypervisor tell without end fills no disk", async () => {
    const { machines, image, dir } = await freshRoom();
    // mov $0x505, %dx: pvpanic; mov $2, %al: a crash kernel was loaded; out; and again
    const loud = bareKernel(() => Buffer.from([0x66, 0xba, 0x05, 0x05, 0xb0, 0x02, 0xee, 0xeb, 0xfd]));
    const memory = 2 * 1024 * 1024;
    await image({ image: "loud", kind: "unikernel", kernel: kernelFile(loud), memory });
    const id = await booted(machines, { image: "loud" });
    const limit = memory + 8 * 1024 * 1024;
    const told = () => statSync(`${dir}/${id}/${EVENTS_FILE}`).size;
    await until(
      () => (told() === limit ? true : undefined),
      () => `${told()} bytes`,
    );
    // It is heard all the same, and what it must write fits.
    const core = await used(machines, id, { tool: "core" });
    expect(core.length).toBeGreaterThan(memory);
    expect(told()).toBe(limit);
  });

  it("that prints without end is held up by nobody, and only the last of it is kept", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const size = 65_536;
    const want = await hello({ log: { size, files: 2 } });
    const id = await booted(machines, want);
    await fetch(`http://127.0.0.1:${want.port}/spam/${20 * size}`, { signal: AbortSignal.timeout(25_000) });
    const kept = readdirSync(`${dir}/${id}`).filter((name) => /^log/.test(name));
    // The writer may be about to give one another name.
    const sizes = kept.map((name) => statSync(`${dir}/${id}/${name}`, { throwIfNoEntry: false })?.size ?? 0);
    const bytes = sizes.reduce((sum, each) => sum + each, 0);
    expect(bytes).toBeLessThanOrEqual(2 * size);
    expect(await get(want.port, "/health")).toContain("healthy");
    const asked = { follow: false, lines: 1 };
    await until(
      async () => (`${await bytesOf(machines.logs?.(id, asked, ctx))}`.includes('"path":"/health"') ? true : undefined),
      () => "its last line is not shown",
    );
  });
});

describe.skipIf(!canBoot)("a hypervisor (needs QEMU and a C compiler)", () => {
  it("that is killed is told so, also by a Muster that was not there", async () => {
    const { machines, another } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    process.kill(hypervisorOf(id), "SIGKILL");
    const { reason } = await seenAs(await another(), id, hasEnded);
    expect(reason).toMatch(/^its hypervisor was killed by SIGKILL; last line of its console: /);
  });

  it("that is told to quit is told so", async () => {
    const { machines } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    process.kill(hypervisorOf(id), "SIGTERM");
    expect((await seenAs(machines, id, hasEnded)).reason).toMatch(/^it was switched off/);
  });

  it.each([
    ["that is to have more memory than there is", { memory: 2 ** 46 }],
    ["that is to have more processors than any", { cpus: 255, memory: 2 ** 46 }],
  ])("%s says why it cannot start", async (_, more) => {
    const { machines } = await freshRoomWithHello();
    const { id } = await machines.create(await hello(more), tags, ctx);
    const { reason } = await seenAs(machines, id, hasEnded);
    expect(reason).toMatch(/^the hypervisor failed with code 1: .*memory/);
  });

  it("that stands still holds up no look, and whoever wants something of it is told", async () => {
    const { machines } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    const pid = hypervisorOf(id);
    process.kill(pid, "SIGSTOP");
    onTestFinished(() => {
      try {
        process.kill(pid, "SIGCONT");
      } catch {
        // Gone, as it should be.
      }
    });
    expect((await listed(machines)).map(({ phase }) => phase)).toEqual(["running"]);
    const failure = await failureOf(used(machines, id, { tool: "pause" }));
    expect(failure.kind).toBe("unavailable");
    await machines.destroy(id, ctx);
    expect(await listed(machines)).toEqual([]);
  });

  it.each([
    ["at first", false],
    ["after it was taken back to a snapshot", true],
  ])("wakes whoever watches when its guest ends, though it lives itself: %s", async (_, isRestored) => {
    const { machines } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    await used(machines, id, { tool: "snapshot", argument: "before" });
    const watching = new AbortController();
    onTestFinished(() => watching.abort());
    let wakes = 0;
    machines.watch?.(() => wakes++, watching.signal);
    await listed(machines);
    if (isRestored) {
      await used(machines, id, { tool: "restore", argument: "before" });
      await seenAs(machines, id, (each) => each?.phase === "running");
    }
    const before = wakes;
    await get(want.port, "/panic");
    await until(
      () => (wakes > before ? true : undefined),
      () => "nobody was woken",
    );
    expect((await seenAs(machines, id, hasEnded)).reason).toContain("panicked");
  });

  it("is spoken to by many who come at once, each in turn", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    const answers = Array.from({ length: 6 }, () =>
      withQmp(`${dir}/${id}`, (qmp) => qmp.ask("query-status"), ctx.signal),
    );
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  it("is spoken to by one at a time, and the second waits", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    const order: string[] = [];
    const { promise: letGo, resolve } = Promise.withResolvers<void>();
    const first = withQmp(
      `${dir}/${id}`,
      async () => {
        await letGo;
        order.push("first");
      },
      ctx.signal,
    );
    const second = withQmp(`${dir}/${id}`, async () => order.push("second"), ctx.signal);
    resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
  });
});

describe.skipIf(!canBoot)("an image (needs QEMU and a C compiler)", () => {
  it("that was changed after it was built is refused, and nothing is started", async () => {
    const { machines, settings, dir } = await freshRoomWithHello();
    const want = await hello();
    const [folder = ""] = readdirSync(settings.images).filter((name) => name.startsWith("sha256-"));
    appendFileSync(`${settings.images}/${folder}/kernel`, "x");
    for (const call of [machines.validate?.(want), machines.create(want, tags, ctx)]) {
      const failure = await failureOf(Promise.resolve(call));
      expect(failure.kind).toBe("invalid");
      expect(failure.message).toContain("kernel");
    }
    expect(readdirSync(dir).filter((name) => name.startsWith("v-"))).toEqual([]);
  });

  it("is no longer needed by a machine that runs", async () => {
    const { machines, settings } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    const [folder = ""] = readdirSync(settings.images).filter((name) => name.startsWith("sha256-"));
    expect(existsSync(`${settings.images}/${folder}`)).toBe(true);
    expect(await get(want.port, "/health")).toContain("healthy");
    expect((await listed(machines)).map((each) => each.id)).toEqual([id]);
  });
});

describe.skipIf(!canBoot)("a port of this machine (needs QEMU and a C compiler)", () => {
  it("that somebody has is told before anything is started", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const want = await hello();
    const server = createServer().listen(want.port, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const failure = await failureOf(machines.create(want, tags, ctx));
    expect(failure.kind).toBe("retryable");
    expect(failure.message).toBe(`port: somebody listens on ${want.port} already`);
    expect(readdirSync(dir).filter((name) => name.startsWith("v-"))).toEqual([]);
  });
});
