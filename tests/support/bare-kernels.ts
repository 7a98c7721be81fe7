/** Guests of a few instructions, each for one way to fail. */
import { writeFileSync } from "node:fs";
import { bareKernel } from "../../packages/providers/vm/src/qemu/canary.ts";

/** A guest that says `up`, waits for a key, and then crashes so that its processor is reset. */
export function frailKernel(folder: string): string {
  const file = `${folder}/frail.elf`;
  const say = (letter: string) => [0xb0, letter.charCodeAt(0), 0xee];
  const kernel = bareKernel((_, entry) => {
    const code = [
      ...[0x66, 0xba, 0xf8, 0x03], // mov $0x3f8, %dx: the serial line
      ...[..."up\n"].flatMap(say), // mov letter, %al; out %al, (%dx)
      ...[0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb], // mov $0x3fd, %dx; in (%dx), %al; test $1, %al; jz to the in
      ...[0x0f, 0x01, 0x1d, 0, 0, 0, 0, 0x0f, 0x0b], // lidt of the zeros below; an undefined instruction
      ...[0, 0, 0, 0, 0, 0],
    ];
    const bytes = Buffer.from(code);
    bytes.writeUInt32LE(entry + bytes.length - 6, bytes.length - 6 - 2 - 4);
    return bytes;
  });
  writeFileSync(file, kernel);
  return file;
}

/** A guest that panics at once. */
export function panickingKernel(folder: string): string {
  const file = `${folder}/panicking.elf`;
  // mov $0x505, %dx: pvpanic; mov $1, %al; out %al, (%dx); cli; hlt; and again
  const code = [0x66, 0xba, 0x05, 0x05, 0xb0, 0x01, 0xee, 0xfa, 0xf4, 0xeb, 0xfd];
  writeFileSync(
    file,
    bareKernel(() => Buffer.from(code)),
  );
  return file;
}
