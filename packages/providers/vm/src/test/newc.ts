/** Archives of the kind newc, of which an initramfs is made (the kernel's initramfs-buffer-format). */

export interface Entry {
  /** Without a leading slash. */
  readonly path: string;
  /** With its kind: 0o040755 is a folder, 0o100644 a file. */
  readonly mode: number;
  readonly bytes?: Uint8Array;
}

/** Everything belongs to root. Folders stand before what is in them. */
export function newc(entries: readonly Entry[]): Uint8Array {
  const all = [...entries, { path: "TRAILER!!!", mode: 0 }];
  return Buffer.concat(all.flatMap((entry, at) => [header(entry, at + 1), padded(entry.bytes ?? Buffer.alloc(0))]));
}

function header({ path, mode, bytes }: Entry, inode: number): Uint8Array {
  const name = `${path}\0`;
  const numbers = [inode, mode, 0, 0, 1, 0, bytes?.length ?? 0, 0, 0, 0, 0, Buffer.byteLength(name), 0];
  const words = numbers.map((number) => number.toString(16).padStart(8, "0")).join("");
  return padded(Buffer.from(`070701${words}${name}`));
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
