/** Whether this machine's own processor can run guests: found out by running one, and written down until it starts anew. */
import { type StdioOptions, spawn } from "node:child_process";
import {
  accessSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isObject, type Json } from "@muster/model";
import { CANARY_EXIT, canary } from "./canary.ts";
import type { Accelerator } from "./command-line.ts";

/** A guest of a few instructions that takes longer than this does not run. Milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Many who ask at once are answered by one guest.
 *
 * @param dir where the answer is written down
 * @returns what to ask, told the path of the hypervisor
 */
export function accelerators(dir: string): (program: string) => Promise<Accelerator> {
  const asked = new Map<string, Promise<Accelerator>>();
  return (program) => {
    const answer = asked.get(program) ?? bestAccelerator(program, dir).finally(() => asked.delete(program));
    asked.set(program, answer);
    return answer;
  };
}

async function bestAccelerator(program: string, dir: string): Promise<Accelerator> {
  if (!isOpen("/dev/kvm")) return "tcg";
  const file = join(dir, "accelerator.json");
  const circumstances = circumstancesOf(program);
  const known = writtenIn(file, circumstances);
  if (known !== undefined) return known;
  const found = (await runsGuests(program, "kvm")) ? "kvm" : "tcg";
  writeDown(file, circumstances, found);
  return found;
}

/** True where a guest has really run. */
export async function runsGuests(program: string, accelerator: Accelerator): Promise<boolean> {
  const kernel = openCanary();
  try {
    return await sings(kernel, program, [
      ...["-accel", accelerator, "-cpu", accelerator === "kvm" ? "host" : "max"],
      ...["-M", "microvm,acpi=off,pit=on,pic=on,rtc=off,ioapic2=off,auto-kernel-cmdline=off"],
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-m", "2M"],
      ...["-device", "isa-debug-exit,iobase=0x501,iosize=4", "-kernel", `/proc/self/fd/${KERNEL}`],
    ]);
  } finally {
    closeSync(kernel);
  }
}

/** Under which number the hypervisor has the canary open. */
const KERNEL = 3;

/** A file that has no name any more: nothing of it stays, also when this Muster is killed. */
function openCanary(): number {
  const folder = mkdtempSync(join(tmpdir(), "muster-canary-"));
  try {
    writeFileSync(join(folder, "canary"), canary());
    return openSync(join(folder, "canary"), "r");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One whose processor has failed stands there for ever. So beside it somebody reads from whoever started it, who says nothing:
 * what comes is the end, also when that was killed.
 */
const WATCHED = `
exec 4<&0
"$@" 4<&- </dev/null &
canary=$!
{ read -r nothing <&4; kill -9 "$canary"; } 2>/dev/null &
wait "$canary"
code=$?
kill "$!"
exit "$code"
`;

function sings(kernel: number, program: string, words: readonly string[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stdio: StdioOptions = ["pipe", "ignore", "pipe", kernel];
  const child = spawn("/bin/sh", ["-c", WATCHED, "muster-canary", program, ...words], { stdio });
  const end = () => child.stdin?.destroy();
  const late = setTimeout(end, PATIENCE_MS);
  // One whose processor has failed stays as it is, and says so.
  child.stderr?.on("data", (bytes: Buffer) => {
    if (bytes.includes("KVM internal error")) end();
  });
  child.once("error", () => resolve(false));
  child.once("close", (code) => resolve(code === CANARY_EXIT));
  return promise.finally(() => clearTimeout(late));
}

function isOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    // Not there, or not for us.
    return false;
  }
}

/** Another start of the system, or another hypervisor, may have another answer. */
function circumstancesOf(program: string): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const { ino, mtimeMs, size } = statSync(program);
  return `${boot} ${program} ${ino} ${mtimeMs} ${size}`;
}

function writtenIn(file: string, circumstances: string): Accelerator | undefined {
  try {
    const written: Json = JSON.parse(readFileSync(file, "utf8"));
    if (!isObject(written) || written["circumstances"] !== circumstances) return undefined;
    const { accelerator } = written;
    return accelerator === "kvm" || accelerator === "tcg" ? accelerator : undefined;
  } catch {
    // Not there, or nothing that was written by us: it is found out again.
    return undefined;
  }
}

function writeDown(file: string, circumstances: string, accelerator: Accelerator): void {
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify({ circumstances, accelerator })}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // No room: the next Muster finds it out again.
    rmSync(temporary, { force: true });
  }
}
