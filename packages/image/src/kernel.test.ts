import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { examineKernel } from "./kernel.ts";
import { bzImage, dynamicProgram, elf, exitingKernel, note, openRoom, refusal } from "./test/room.ts";

const entry = Buffer.from([0, 0, 16, 0]);

/** Of the second segment, which holds the note. */
function withoutAlignment(kernel: Uint8Array): Uint8Array {
  const bytes = Buffer.from(kernel);
  bytes.writeBigUInt64LE(0n, 64 + 56 + 48);
  return bytes;
}

describe("a kernel", () => {
  it("is an ELF file with a PVH note, or a bzImage, whose version is read", () => {
    const room = openRoom();
    expect(examineKernel(room.write("a", exitingKernel(3)))).toEqual({ form: "pvh" });
    expect(examineKernel(room.write("b", bzImage("6.1.0-49-cloud-amd64")))).toEqual({
      form: "bzImage",
      version: "6.1.0-49-cloud-amd64",
    });
  });

  it("has its note anywhere among others", () => {
    const notes = Buffer.concat([note("GNU", 3, Buffer.alloc(20)), note("Xen", 6, entry), note("Xen", 18, entry)]);
    expect(examineKernel(openRoom().write("a", elf([{ type: 4, bytes: notes }])))).toEqual({ form: "pvh" });
  });

  it.each([
    ["empty", Buffer.alloc(0), "it is empty"],
    ["a text", Buffer.from("#!/bin/sh\n"), "begins neither as an ELF file nor as a bzImage"],
    ["a program", dynamicProgram(), "without a PVH note"],
    ["of another machine", elf([{ type: 4, bytes: note("Xen", 18, entry) }], 183), "another machine than x86 (183)"],
    ["of another owner's note", elf([{ type: 4, bytes: note("Zen", 18, entry) }]), "without a PVH note"],
    ["with a note that QEMU would die of", withoutAlignment(exitingKernel(3)), "without a PVH note"],
    ["cut off within its segments", exitingKernel(3).subarray(0, 100), "begins neither"],
  ])("that is none is refused with what is wrong with it: %s", async (_what, bytes, detail) => {
    const path = openRoom().write("kernel", bytes);
    const told = await refusal(() => examineKernel(path));
    expect(told).toContain(`image.not-bootable: ${path} is no kernel that can be booted`);
    expect(told).toContain(detail);
  });

  it("is looked for in bytes of any kind without harm", async () => {
    const room = openRoom();
    const whole = Buffer.from(exitingKernel(3));
    const flips = fc.array(fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(flips, async (all) => {
        const bytes = Buffer.from(whole);
        for (const { at, value } of all) bytes[at] = value;
        const path = room.write("kernel", bytes);
        const told = await Promise.resolve(path)
          .then(examineKernel)
          .then(
            ({ form }) => form,
            (thrown: unknown) => String(thrown),
          );
        expect(told).toMatch(/^pvh$|is no kernel that can be booted: it /);
      }),
      { numRuns: 300 },
    );
  });

  it("that is taken for one boots", { timeout: 60_000 }, ({ skip }) => {
    const kernel = openRoom().write("kernel", exitingKernel(21));
    examineKernel(kernel);
    const machine = "-accel tcg -M microvm -nodefaults -no-user-config -display none -no-reboot -m 16 -cpu max".split(
      " ",
    );
    const exit = ["-device", "isa-debug-exit,iobase=0x501,iosize=4"];
    const ended = spawnSync("qemu-system-x86_64", [...machine, ...exit, "-kernel", kernel], { timeout: 45_000 });
    if (ended.error !== undefined && "code" in ended.error && ended.error.code === "ENOENT")
      skip("there is no QEMU here");
    expect({ status: ended.status, err: String(ended.stderr) }).toEqual({ status: 2 * 21 + 1, err: "" });
  });
});
