import type { Image } from "@muster/image";
import { describe, expect, it } from "vitest";
import { commandLine, type Machine } from "./command-line.ts";

const digest = `sha256:${"0".repeat(64)}` as const;
const image: Image = {
  digest,
  text: { v: 1, kind: "unikernel", kernel: digest, commandLine: "greeting=hi", env: {}, ports: [], memory: 1, cpus: 1 },
  kernel: "/images/a,b/kernel",
};
const machine: Machine = {
  id: "v-0123456789ab",
  image,
  name: "web-0",
  memory: 4 * 1024 * 1024,
  cpus: 1,
  ports: [{ guest: 8080, host: 20000 }],
  disks: [],
  outbound: false,
  hasEnvironment: false,
  accelerator: "tcg",
  user: undefined,
};

function wordsAfter(option: string, asked: Partial<Machine> = {}): readonly string[] {
  const line = commandLine("qemu", { ...machine, ...asked });
  return line.filter((_, at) => line[at - 1] === option);
}

describe("the command line", () => {
  it("names the machine, its image and its size", () => {
    expect(commandLine("qemu", machine)[0]).toBe("qemu");
    expect(wordsAfter("-name")).toEqual(["v-0123456789ab"]);
    expect(wordsAfter("-uuid")).toEqual(["00000000-0000-4000-8000-0123456789ab"]);
    expect(wordsAfter("-kernel")).toEqual(["/images/a,b/kernel"]);
    expect(wordsAfter("-initrd")).toEqual([]);
    expect(wordsAfter("-m")).toEqual(["4096K"]);
  });

  it("gives the kernel the image's words first, and Muster's last: the last of a name counts", () => {
    const [words = ""] = wordsAfter("-append");
    expect(words).toBe("greeting=hi name=web-0 ip=10.0.2.15 mask=255.255.255.0 gw=10.0.2.2 exitport=0x501");
  });

  it("lets nobody out, and in only by its ports, on the loopback", () => {
    expect(wordsAfter("-netdev")).toEqual(["user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:20000-10.0.2.15:8080"]);
    expect(wordsAfter("-netdev", { outbound: true, ports: [] })).toEqual(["user,id=net,restrict=off"]);
  });

  it("forbids QEMU what it does not need, and gives it a user of its own where there is one", () => {
    expect(wordsAfter("-sandbox")[0]).toContain("elevateprivileges=deny");
    expect(wordsAfter("-runas")).toEqual([]);
    expect(wordsAfter("-sandbox", { user: 7 })[0]).toContain("spawn=deny");
    expect(wordsAfter("-runas", { user: 7 })).toEqual(["7:7"]);
  });

  it("has no disk but those that are declared", () => {
    expect(wordsAfter("-drive")).toEqual([]);
    const disks = [
      { path: "/a,b", isReadOnly: true },
      { path: "/c", isReadOnly: false },
    ];
    expect(wordsAfter("-drive", { disks })).toEqual([
      "if=none,id=disk0,format=raw,readonly=on,file=/a,,b",
      "if=none,id=disk1,format=raw,readonly=off,file=/c",
    ]);
    expect(wordsAfter("-device", { disks })).toContain("virtio-blk-device,drive=disk1");
  });

  it("keeps the corpse", () => {
    expect(wordsAfter("-action")).toEqual(["reboot=shutdown,shutdown=pause,panic=pause"]);
  });

  it("has another computer for Linux", () => {
    const linux: Image = { ...image, text: { ...image.text, kind: "linux", initrd: digest }, initrd: "/images/initrd" };
    expect(wordsAfter("-M", { image: linux })).toEqual(["q35"]);
    expect(wordsAfter("-initrd", { image: linux })).toEqual(["/images/initrd"]);
    expect(wordsAfter("-M")[0]).toContain("microvm");
  });

  it("uses the machine's own processor only where that runs guests", () => {
    expect(wordsAfter("-accel", { accelerator: "kvm" })).toEqual(["kvm"]);
    expect(wordsAfter("-cpu", { accelerator: "kvm" })).toEqual(["host"]);
    expect(wordsAfter("-accel")).toEqual(["tcg,tb-size=4"]);
  });
});
