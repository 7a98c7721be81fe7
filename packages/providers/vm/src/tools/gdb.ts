/** A door for a debugger. */
import { existsSync } from "node:fs";
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
  const kernel = args[args.indexOf("-kernel") + 1] ?? "";
  yield Buffer.from(`gdb ${quoted(kernel)} -ex ${quoted(`target remote ${path}`)}\n`);
}

/** As a shell reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
