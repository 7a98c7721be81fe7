/**
 * A guest of a few bytes: it takes an interrupt, comes back from it, and ends the machine with a code that nothing else ends
 * with. There are machines whose KVM opens and runs the first steps, and fails at the first interrupt: this tells. Its bytes
 * are put together here, so that it is there where no compiler is.
 */

/** What QEMU makes of it: 2 n + 1. */
export const SONG = 0x2a;
export const CANARY_EXIT = 2 * SONG + 1;

const HEADERS = 52 + 2 * 32;
const ADDRESS = 0x100000;

export function canary(): Buffer {
  return bareKernel(song);
}

/**
 * An ELF of 32 bits that is entered as Xen's PVH says: in protected mode, without paging, at the first of its instructions.
 *
 * @param code the instructions, told where the tables of segments and interrupts lie, and where it lies itself
 */
export function bareKernel(code: (tables: number, entry: number) => Buffer): Buffer {
  const tables = ADDRESS + HEADERS + NOTE;
  const entry = tables + TABLES;
  const note = Buffer.alloc(NOTE);
  note.writeUInt32LE(4, 0);
  note.writeUInt32LE(4, 4);
  // XEN_ELFNOTE_PHYS32_ENTRY
  note.writeUInt32LE(18, 8);
  note.write("Xen\0", 12, "latin1");
  note.writeUInt32LE(entry, 16);
  const bytes = Buffer.concat([note, tablesAt(tables, entry), code(tables, entry)]);
  const length = HEADERS + bytes.length;
  return Buffer.concat([header(entry), segment(1, 0, length), segment(4, HEADERS, NOTE), bytes]);
}

const NOTE = 20;
const GDT = 24;
const IDT = 4 * 8;
/** Each table, and after both the two pointers to them, of six bytes each. */
const TABLES = GDT + IDT + 12;

function tablesAt(at: number, entry: number): Buffer {
  const bytes = Buffer.alloc(TABLES);
  // Nothing, code, data: all of four gigabytes each.
  bytes.writeBigUInt64LE(0x00cf9a000000ffffn, 8);
  bytes.writeBigUInt64LE(0x00cf92000000ffffn, 16);
  // The gate of interrupt 3, into the code segment.
  const handler = entry + 2;
  bytes.writeUInt16LE(handler & 0xffff, GDT + 24);
  bytes.writeUInt16LE(8, GDT + 26);
  bytes.writeUInt16LE(0x8e00, GDT + 28);
  bytes.writeUInt16LE(handler >>> 16, GDT + 30);
  bytes.writeUInt16LE(GDT - 1, GDT + IDT);
  bytes.writeUInt32LE(at, GDT + IDT + 2);
  bytes.writeUInt16LE(IDT - 1, GDT + IDT + 6);
  bytes.writeUInt32LE(at + GDT, GDT + IDT + 8);
  return bytes;
}

/** What handles the interrupt, `iret`, stands first, and is stepped over. */
function song(tables: number, entry: number): Buffer {
  const stack = ADDRESS + 0x10000;
  const start = [
    [0x0f, 0x01, 0x15, ...word(tables + GDT + IDT)], // lgdt
    [0xea, ...word(entry + 3 + 7 + 7), 8, 0], // ljmp $8, what follows
    [0x66, 0xb8, 16, 0, 0x8e, 0xd8, 0x8e, 0xd0], // mov $16, %ax; mov %ax, %ds; mov %ax, %ss
    [0xbc, ...word(stack)], // mov $stack, %esp
    [0x0f, 0x01, 0x1d, ...word(tables + GDT + IDT + 6)], // lidt
    [0xcc], // int3
    [0x66, 0xba, 0x01, 0x05, 0xb8, ...word(SONG), 0xef], // mov $0x501, %dx; mov $SONG, %eax; out %eax, (%dx)
    [0xfa, 0xf4, 0xeb, 0xfc], // cli; hlt; and again
  ];
  // jmp over the next; iret
  return Buffer.from([0xeb, 0x01, 0xcf, ...start.flat()]);
}

function word(value: number): readonly number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

function header(entry: number): Buffer {
  const bytes = Buffer.alloc(52);
  // 32 bits, little-endian, version 1
  bytes.write("\x7fELF\x01\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(2, 16); // an executable
  bytes.writeUInt16LE(3, 18); // for i386
  bytes.writeUInt32LE(1, 20);
  bytes.writeUInt32LE(entry, 24);
  bytes.writeUInt32LE(52, 28); // where the segments are described
  bytes.writeUInt16LE(52, 40);
  bytes.writeUInt16LE(32, 42);
  bytes.writeUInt16LE(2, 44);
  return bytes;
}

function segment(type: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(32);
  const words = [type, offset, ADDRESS + offset, ADDRESS + offset, length, length, 7, 4];
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word, at * 4);
  return bytes;
}
