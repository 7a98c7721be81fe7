/** A directory of its own with real files in it: kernels and programs as small as their formats allow. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MusterError } from "@muster/model";
import { onTestFinished } from "vitest";
import { type BuildDeps, type Built, buildImage } from "../build.ts";
import { type Manifest, manifestSchema } from "../manifest.ts";

export interface Room {
  /** The directory of the manifest. */
  readonly dir: string;
  readonly images: string;
  /** Writes a file, and answers its path. */
  write(name: string, content: string | Uint8Array, mode?: number): string;
  link(name: string, target: string): void;
  build(given: object, deps?: Partial<BuildDeps>): Promise<Built>;
}

export function openRoom(): Room {
  const dir = mkdtempSync(join(tmpdir(), "muster-image-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const images = join(dir, "kept", "images");
  const host = {
    boot: join(dir, "boot"),
    root: join(dir, "root"),
    dpkg: join(dir, "dpkg"),
    osRelease: join(dir, "os-release"),
  };
  return {
    dir,
    images,
    write(name, content, mode = 0o644) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      chmodSync(path, mode);
      return path;
    },
    link(name, target) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      symlinkSync(target, join(dir, name));
    },
    build: (given, deps = {}) =>
      buildImage(manifestOf(given), {
        dir: images,
        directory: dir,
        env: process.env,
        host,
        modules: [],
        init: () => Promise.resolve(join(dir, "init")),
        ...deps,
      }),
  };
}

export function manifestOf(given: object): Manifest {
  return manifestSchema.parse({ image: "hello", kind: "unikernel", kernel: "hello.elf", ...given });
}

/** A room in which an image of Linux can be built. */
export function openLinuxRoom(): Room & { buildLinux(given?: object, deps?: Partial<BuildDeps>): Promise<Built> } {
  const room = openRoom();
  room.write("boot/vmlinuz-6.1.0-9-test", bzImage("6.1.0-9-test"));
  room.write("init", staticProgram("init"), 0o755);
  room.write("server", staticProgram("server"), 0o755);
  const linux = {
    image: "web",
    kind: "linux",
    kernel: undefined,
    files: { "/server": "server" },
    entrypoint: ["/server"],
  };
  return { ...room, buildLinux: (given = {}, deps = {}) => room.build({ ...linux, ...given }, deps) };
}

/** An ELF file of 64 bits with segments that follow one another. */
export function elf(
  segments: readonly { readonly type: number; readonly bytes: Uint8Array }[],
  machine = 62,
): Uint8Array {
  const table = 64 + 56 * segments.length;
  const whole = Buffer.alloc(table + segments.reduce((sum, { bytes }) => sum + bytes.length, 0));
  whole.write("\x7fELF\x02\x01\x01", "latin1");
  whole.writeUInt16LE(2, 16);
  whole.writeUInt16LE(machine, 18);
  whole.writeUInt32LE(1, 20);
  whole.writeBigUInt64LE(64n, 32);
  whole.writeUInt16LE(64, 52);
  whole.writeUInt16LE(56, 54);
  whole.writeUInt16LE(segments.length, 56);
  let at = table;
  for (const [index, { type, bytes }] of segments.entries()) {
    const head = 64 + 56 * index;
    whole.writeUInt32LE(type, head);
    whole.writeUInt32LE(7, head + 4);
    whole.writeBigUInt64LE(BigInt(at), head + 8);
    for (const address of [head + 16, head + 24]) whole.writeBigUInt64LE(BigInt(LOADED), address);
    for (const size of [head + 32, head + 40]) whole.writeBigUInt64LE(BigInt(bytes.length), size);
    whole.writeBigUInt64LE(4n, head + 48);
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

const LOADED = 0x100000;

export function note(owner: string, type: number, content: Uint8Array): Uint8Array {
  const name = Buffer.from(`${owner}\0`);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(name.length, 0);
  head.writeUInt32LE(content.length, 4);
  head.writeUInt32LE(type, 8);
  const filled = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Buffer.concat([head, filled(name), filled(content)]);
}

/** A kernel that ends its machine with a code, through QEMU's isa-debug-exit at port 0x501. */
export function exitingKernel(code: number): Uint8Array {
  const entry = Buffer.alloc(4);
  entry.writeUInt32LE(LOADED);
  // mov dx, 0x501; mov al, code; out dx, al; cli; hlt; and hlt again
  const program = Buffer.from([0x66, 0xba, 0x01, 0x05, 0xb0, code, 0xee, 0xfa, 0xf4, 0xeb, 0xfd]);
  return elf([
    { type: 1, bytes: program },
    { type: 4, bytes: note("Xen", 18, entry) },
  ]);
}

/** A program that needs nothing but a kernel. It is only looked at here, and never run. */
export function staticProgram(text: string): Uint8Array {
  return elf([{ type: 1, bytes: Buffer.from(text) }]);
}

export function dynamicProgram(): Uint8Array {
  return elf([
    { type: 3, bytes: Buffer.from("/lib64/ld-linux-x86-64.so.2\0") },
    { type: 1, bytes: Buffer.from("program") },
  ]);
}

/** What Linux's boot protocol needs to be known by, and the text of a version. */
export function bzImage(version: string): Uint8Array {
  const whole = Buffer.alloc(0x400);
  whole.writeUInt16LE(0xaa55, 0x1fe);
  whole.write("HdrS", 0x202, "latin1");
  whole.writeUInt16LE(0x100, 0x20e);
  whole.write(`${version} (somebody@somewhere) #1 SMP\0`, 0x300, "latin1");
  return whole;
}

/** The error's code and message; fails where nothing is thrown. */
export async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    if (thrown instanceof MusterError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
