/** Whether a file can be booted: as QEMU boots it without firmware, by PVH or by Linux's boot protocol. */
import { MusterError, messageOf } from "@muster/model";
import { MAX_KERNEL } from "./bounds.ts";
import { elfOf, I386, notesOf, viewOf, X86_64 } from "./elf.ts";
import { type OpenFile, Unreadable, withFile } from "./reading.ts";

/** PVH's entry point stands in a note of this type of the owner `Xen`. */
const PVH = { owner: "Xen", type: 18 } as const;

export interface Kernel {
  readonly form: "pvh" | "bzImage";
  /** As a kernel of Linux's own tells it: `6.1.0-49-cloud-amd64`. */
  readonly version?: string;
}

/** @throws `image.not-bootable` */
export function examineKernel(path: string): Kernel {
  try {
    return withFile(path, MAX_KERNEL, (file) => kernelIn(file), true);
  } catch (thrown) {
    const detail = thrown instanceof Unreadable ? `it ${thrown.message}` : messageOf(thrown);
    throw new MusterError("image.not-bootable", { file: path, detail }, { cause: thrown });
  }
}

function kernelIn(file: OpenFile): Kernel {
  const head = file.at(0, 0x250);
  if (isBzImage(head)) return { form: "bzImage", ...versionIn(file, head) };
  const elf = elfOf(file);
  if (elf === undefined) {
    throw new Unreadable(`begins neither as an ELF file nor as a bzImage (\`HdrS\` at byte 514)${whatElse(file)}`);
  }
  if (elf.machine !== X86_64 && elf.machine !== I386) {
    throw new Unreadable(`is an ELF file for another machine than x86 (${elf.machine})`);
  }
  if (notesOf(file, elf).some(({ owner, type }) => owner === PVH.owner && type === PVH.type)) return { form: "pvh" };
  throw new Unreadable("is an ELF file without a PVH note: it tells no entry point for a boot without firmware");
}

function whatElse(file: OpenFile): string {
  if (file.size === 0) return ": it is empty";
  return file.size < 0x210 ? `: it has ${file.size} bytes only` : "";
}

function isBzImage(head: Uint8Array): boolean {
  const view = viewOf(head);
  // `HdrS`, and the mark of a boot sector before it.
  return view.byteLength >= 0x210 && view.getUint32(0x202) === 0x48647253 && view.getUint16(0x1fe, true) === 0xaa55;
}

/** A pointer to the text stands at 0x20e, counted from 0x200; the version is its first word. */
function versionIn(file: OpenFile, head: Uint8Array): Pick<Kernel, "version"> {
  const pointer = viewOf(head).getUint16(0x20e, true);
  if (pointer === 0) return {};
  const text = Buffer.from(file.at(0x200 + pointer, 200)).toString("latin1");
  const version = /^[0-9A-Za-z][0-9A-Za-z.+~_-]{0,120}(?=[ \0])/.exec(text)?.[0];
  return version === undefined ? {} : { version };
}
