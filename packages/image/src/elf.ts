/** What the head of an ELF file says: only what decides whether a kernel boots, and whether a program runs by itself. */
import type { OpenFile } from "./reading.ts";

export interface Segment {
  readonly type: number;
  readonly offset: number;
  /** Bytes of it in the file. */
  readonly size: number;
  /** In bytes, as it is written. */
  readonly align: number;
}

export interface Elf {
  /** What it is made for: 3 is i386, 62 is x86-64. */
  readonly machine: number;
  readonly segments: readonly Segment[];
}

export const I386 = 3;
export const X86_64 = 62;
export const SEGMENT = { interpreter: 3, note: 4 } as const;
const MAX_SEGMENTS = 512;

/** Undefined where it is no ELF file in the byte order of x86, or its head is cut off. */
export function elfOf(file: OpenFile): Elf | undefined {
  const head = viewOf(file.at(0, 64));
  if (head.byteLength < 52 || head.getUint32(0) !== 0x7f454c46 || head.getUint8(5) !== 1) return undefined;
  const width = head.getUint8(4);
  if (width !== 1 && (width !== 2 || head.byteLength < 64)) return undefined;
  const wide = width === 2;
  const offset = wide ? Number(head.getBigUint64(32, true)) : head.getUint32(28, true);
  const each = head.getUint16(wide ? 54 : 42, true);
  const count = head.getUint16(wide ? 56 : 44, true);
  if (each < (wide ? 56 : 32) || count > MAX_SEGMENTS || offset > file.size) return undefined;
  const table = viewOf(file.at(offset, each * count));
  if (table.byteLength < each * count) return undefined;
  const segments = Array.from({ length: count }, (_, index): Segment => {
    const at = index * each;
    const type = table.getUint32(at, true);
    const word = (narrow: number, broad: number): number =>
      wide ? Number(table.getBigUint64(at + broad, true)) : table.getUint32(at + narrow, true);
    return { type, offset: word(4, 8), size: word(16, 32), align: word(28, 48) };
  });
  return { machine: head.getUint16(18, true), segments };
}

export interface Note {
  readonly owner: string;
  readonly type: number;
}

/** Bytes of notes that are looked through at most; a kernel has some hundred. */
const MAX_NOTES = 64 * 1024;

/** The notes in the segments of an ELF file, as QEMU finds them; those of a segment without an alignment are none. */
export function notesOf(file: OpenFile, { segments }: Elf): readonly Note[] {
  return segments.filter(({ type }) => type === SEGMENT.note).flatMap((segment) => notesIn(file, segment));
}

function notesIn(file: OpenFile, { offset, size, align }: Segment): readonly Note[] {
  // QEMU divides by it, and dies where it is 0.
  if (offset > file.size || align === 0) return [];
  const aligned = (length: number): number => Math.ceil(length / align) * align;
  const bytes = viewOf(file.at(offset, Math.min(size, MAX_NOTES)));
  const notes: Note[] = [];
  for (let at = 0; at + 12 <= bytes.byteLength; ) {
    const owner = bytes.getUint32(at, true);
    const content = bytes.getUint32(at + 4, true);
    const end = at + 12 + aligned(owner) + aligned(content);
    if (end > bytes.byteLength) break;
    const name = new TextDecoder().decode(new Uint8Array(bytes.buffer, bytes.byteOffset + at + 12, owner));
    notes.push({ owner: name.replace(/\0$/, ""), type: bytes.getUint32(at + 8, true) });
    at = end;
  }
  return notes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
