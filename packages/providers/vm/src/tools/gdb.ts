/** A door for a debugger. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { ProviderError } from "@muster/plugin";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

const SOCKET = "gdb.sock";

/** Opens it, and tells what to type. The guest stands still from the moment a debugger comes until it goes. */
export async function* gdb({ sighting: { home, properties }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const path = `${home}/${WORKSHOP}/${SOCKET}`;
  if (!existsSync(path)) {
    const door = `unix:${WORKSHOP_WITHIN}/${SOCKET},server=on,wait=off`;
    const answer = await withQmp(home, (qmp) => qmp.askAsPerson(`gdbserver ${door}`), signal);
    // It answers with a sentence, also where it fails.
    if (!existsSync(path)) throw new ProviderError("invalid", `the hypervisor opens no door: ${answer.trim()}`);
  }
  const { args = [] } = properties;
  const kernel = args[args.indexOf("-kernel") + 1];
  // QEMU tells of a processor of 64 bits whatever it runs: a kernel of 32 that is named first would set another one.
  const steps = [
    "set architecture i386:x86-64",
    `target remote ${path}`,
    ...(kernel !== undefined && isElf(kernel) ? [`symbol-file ${kernel}`] : []),
  ];
  yield Buffer.from(`gdb ${steps.map((step) => `-ex ${quoted(step)}`).join(" ")}\n`);
}

const MAGIC = "\x7fELF";

/** Others have nothing that a debugger could read. */
function isElf(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, "r");
  try {
    const begin = Buffer.alloc(MAGIC.length);
    readSync(file, begin, 0, begin.length, 0);
    return begin.toString("latin1") === MAGIC;
  } finally {
    closeSync(file);
  }
}

/** As a shell reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
