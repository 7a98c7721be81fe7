/** The command line of QEMU for one machine: pure, so that it can be read in a test. Paths are of the machine's directory. */
import type { Image } from "@muster/image";
import { ENVIRONMENT, EVENTS, QMP_SOCKET } from "./files.ts";

export const ACCELERATORS = ["kvm", "tcg"] as const;
export type Accelerator = (typeof ACCELERATORS)[number];

export interface Machine {
  readonly id: string;
  readonly image: Image;
  /** What the guest is told it is called. */
  readonly name: string;
  /** In bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly ports: readonly { readonly guest: number; readonly host: number }[];
  readonly disks: readonly { readonly path: string; readonly isReadOnly: boolean }[];
  /** Whether the guest may reach what this machine reaches. */
  readonly outbound: boolean;
  readonly hasEnvironment: boolean;
  readonly accelerator: Accelerator;
  /** As whom QEMU runs once it has opened everything; undefined where it cannot be another. */
  readonly user: number | undefined;
}

/** The guest's place in the little network that QEMU makes for each machine alone. */
const GUEST = { ip: "10.0.2.15", mask: "255.255.255.0", gateway: "10.0.2.2" } as const;

/** The guest ends the machine by writing its exit code there. QEMU makes 2 n + 1 of it. */
const EXIT_PORT = "0x501";

export function commandLine(program: string, machine: Machine): readonly string[] {
  const { id, image, memory, cpus, accelerator, hasEnvironment } = machine;
  return [
    program,
    ["-name", id],
    ["-uuid", uuidOf(id)],
    ["-nodefaults", "-no-user-config"],
    ["-display", "none"],
    PLATFORMS[image.text.kind].machine,
    accelerator === "kvm" ? ["-accel", "kvm", "-cpu", "host"] : emulated(image.text.kind),
    ["-m", `${Math.ceil(memory / 1024)}K`],
    ["-smp", String(cpus)],
    ["-kernel", image.kernel],
    image.initrd === undefined ? [] : ["-initrd", image.initrd],
    ["-append", kernelWords(machine)],
    hasEnvironment ? ["-fw_cfg", `name=opt/muster/env,file=${ENVIRONMENT}`] : [],
    network(machine),
    disks(machine),
    ["-device", `isa-debug-exit,iobase=${EXIT_PORT},iosize=4`],
    ["-device", "pvpanic"],
    // The console is what the process prints, and what it reads.
    ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ["-qmp", `unix:${QMP_SOCKET},server=on,wait=off`],
    ["-chardev", `pipe,id=events,path=${EVENTS}`, "-mon", "chardev=events,mode=control"],
    // It begins when it is told to: see launch.ts.
    ["-S"],
    // One that has ended can still be looked into.
    ["-action", "reboot=shutdown,shutdown=pause,panic=pause"],
    confinement(machine),
  ].flat();
}

/** What there is of a computer beside its processor. */
const PLATFORMS = {
  unikernel: {
    machine: ["-M", "microvm,acpi=off,pit=on,pic=on,rtc=off,ioapic2=off,auto-kernel-cmdline=off"],
    card: "virtio-net-device,netdev=net",
    disk: "virtio-blk-device",
  },
  linux: { machine: ["-M", "q35"], card: "virtio-net-pci,netdev=net,romfile=", disk: "virtio-blk-pci" },
} as const;

/** Megabytes for translated code: enough for what runs, and no more. */
const TRANSLATED = { unikernel: 4, linux: 64 } as const;

function emulated(kind: Image["text"]["kind"]): readonly string[] {
  return ["-accel", `tcg,tb-size=${TRANSLATED[kind]}`, "-cpu", "max"];
}

/** The image's own words first; of two with the same name the last one counts. */
function kernelWords({ name, image }: Machine): string {
  const { ip, mask, gateway } = GUEST;
  const own = [`name=${name}`, `ip=${ip}`, `mask=${mask}`, `gw=${gateway}`, `exitport=${EXIT_PORT}`];
  return [image.text.commandLine, ...own].filter((word) => word !== "").join(" ");
}

function network({ image, ports, outbound }: Machine): readonly string[] {
  const forwards = ports.map(({ guest, host }) => `hostfwd=tcp:127.0.0.1:${host}-${GUEST.ip}:${guest}`);
  const words = ["user", "id=net", `restrict=${outbound ? "off" : "on"}`, ...forwards];
  return ["-netdev", words.join(","), "-device", PLATFORMS[image.text.kind].card];
}

function disks({ disks, image }: Machine): readonly string[] {
  return disks.flatMap(({ path, isReadOnly }, number) => [
    "-drive",
    `if=none,id=disk${number},format=raw,readonly=${isReadOnly ? "on" : "off"},file=${escaped(path)}`,
    "-device",
    `${PLATFORMS[image.text.kind].disk},drive=disk${number}`,
  ]);
}

/** Within a word of QEMU's a comma that is meant stands twice. */
function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}

function confinement({ user }: Machine): readonly string[] {
  const denied = ["obsolete=deny", "spawn=deny", "resourcecontrol=deny"];
  // To become another user it must still be allowed to.
  if (user === undefined) return ["-sandbox", ["on", ...denied, "elevateprivileges=deny"].join(",")];
  return ["-sandbox", ["on", ...denied].join(","), "-runas", `${user}:${user}`];
}

/** The id in the form that firmware wants. */
function uuidOf(id: string): string {
  return `00000000-0000-4000-8000-${id.slice(2)}`;
}
