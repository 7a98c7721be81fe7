/** An image of kind linux, built from a manifest and booted as a machine: Debian's kernel, our init, one static program. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { buildImage, manifestSchema } from "@muster/image";
import { describe, expect, it } from "vitest";
import { buildInit, LINUX_MODULES } from "./guests.ts";
import { debianKernel } from "./test/debian-kernel.ts";
import {
  booted,
  bytesOf,
  canBoot,
  ctx,
  freshRoom,
  get,
  hasEnded,
  hello,
  listed,
  seenAs,
  used,
} from "./test/machines.ts";
import { freshFolder } from "./test/qemu.ts";

const kernel = canBoot ? await debianKernel() : { lacking: "there is no QEMU or no gcc" };
if ("lacking" in kernel)
  process.stdout.write(`Debian's kernel is not to be had (${kernel.lacking}): no image of Linux is booted\n`);

const SERVER = fileURLToPath(new URL("./test/guest-server.c", import.meta.url));

/** A Linux that is emulated answers in its own time. */
const SLOW_MS = 20_000;

describe.skipIf("lacking" in kernel)("a machine with an image of Linux", () => {
  const { vmlinuz, modules } = "lacking" in kernel ? { vmlinuz: "", modules: "" } : kernel;

  async function freshRoomWithServer() {
    const room = await freshRoom();
    const directory = freshFolder();
    execFileSync("gcc", ["-Os", "-static", "-s", "-o", `${directory}/server`, SERVER]);
    const manifest = manifestSchema.parse({
      image: "server",
      kind: "linux",
      kernel: vmlinuz,
      modules: modules.replace(/\/kernel$/, ""),
      files: { "/server": "server" },
      entrypoint: ["/server"],
      env: { A: "of the image", B: "of the image" },
      ports: [8080],
      memory: "128MiB",
      user: "1000",
      health: { http: { port: 8080, path: "/read//etc/muster/run" } },
    });
    const outfit = { modules: LINUX_MODULES.map((path) => basename(path, ".ko")), init: buildInit };
    await buildImage(manifest, { dir: room.settings.images, directory, env: process.env, ...outfit });
    return room;
  }

  it("runs its program with what is declared, without a right too many, and tells how it ended", {
    timeout: 120_000,
  }, async () => {
    const { machines } = await freshRoomWithServer();
    const secret = `${freshFolder()}/secret`;
    writeFileSync(secret, "hunter2");
    const want = await hello({ image: "server", env: { B: "of the machine", C: { secret: { file: secret } } } });
    const id = await booted(machines, want);

    const environment = (await get(want.port, "/read//proc/self/environ", SLOW_MS))?.split("\0") ?? [];
    expect(environment).toEqual(expect.arrayContaining(["A=of the image", "B=of the machine", "C=hunter2"]));
    expect(await get(want.port, "/read//proc/self/status", SLOW_MS)).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(await get(want.port, "/read//proc/sys/kernel/hostname", SLOW_MS)).toBe("web-0\n");
    expect(await get(want.port, "/write//server", SLOW_MS)).not.toBe("written");
    expect(await get(want.port, "/write//tmp/note", SLOW_MS)).toBe("written");
    expect(JSON.stringify(await listed(machines))).not.toContain("hunter2");

    await used(machines, id, { tool: "snapshot", argument: "whole" });
    await get(want.port, "/signal/11", SLOW_MS);
    const { reason } = await seenAs(machines, id, hasEnded);
    expect(reason).toBe(
      'its program was killed by SIGSEGV; last line of its console: {"muster":"end","signal":"SIGSEGV"}',
    );
    expect(`${await bytesOf(machines.logs?.(id, { follow: false, lines: 1 }, ctx))}`).toContain('"SIGSEGV"');
  });

  it("tells of an exit code that no port could carry, and of a kernel that finds nothing to run", {
    timeout: 120_000,
  }, async () => {
    const { machines } = await freshRoomWithServer();
    const want = await hello({ image: "server" });
    const id = await booted(machines, want);
    await get(want.port, "/exit/200", SLOW_MS);
    expect((await seenAs(machines, id, hasEnded)).reason).toMatch(/^the guest exited with code 200;/);
    await machines.destroy(id, ctx);

    const { machines: others, image } = await freshRoom();
    await image({
      image: "empty",
      kind: "unikernel",
      kernel: vmlinuz,
      args: ["console=ttyS0", "panic=-1"],
      memory: "128MiB",
    });
    const { id: empty } = await others.create({ image: "empty" }, {}, ctx);
    expect((await seenAs(others, empty, hasEnded)).reason).toMatch(/^the guest was reset: /);
  });
});
