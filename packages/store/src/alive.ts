/**
 * Who holds a lease, and whether it still lives. A pid alone says nothing: it is used again, means another process in
 * another namespace, and nothing at all after a boot.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "@muster/model";
import type { Holder } from "./contract.ts";

/** The kernel refuses a dead socket at once: where connecting takes longer, somebody is there who is busy. */
const CONNECT_MS = 1000;

/** This process as a holder. `proc` is where the kernel shows processes; elsewhere than on Linux there is none. */
export function thisProcess(socket: string, command: string, proc = "/proc"): Holder {
  return {
    pid: process.pid,
    started: readStat(proc, process.pid)?.started ?? "",
    ...surroundings(proc),
    socket,
    command,
  };
}

/**
 * Whether a holder still lives. Of the same pid namespace: by its pid and start. Of another one, or where the kernel
 * shows no processes: by its socket. One of another boot is dead.
 */
export async function isAlive(holder: Holder, proc = "/proc"): Promise<boolean> {
  return isRunning(holder, proc) ?? answers(holder.socket);
}

/** The same as far as the kernel shows it; undefined where it does not. */
export function isRunning(holder: Holder, proc = "/proc"): boolean | undefined {
  const here = surroundings(proc);
  const visible = here.boot !== "" && here.namespace !== "" && holder.boot !== "" && holder.namespace !== "";
  if (!visible) return undefined;
  if (holder.boot !== here.boot) return false;
  if (holder.namespace !== here.namespace) return undefined;
  const stat = readStat(proc, holder.pid);
  return stat !== undefined && stat.started === holder.started && !ENDED.has(stat.state);
}

/** A zombie, or dead: it runs no more and only waits to be collected. */
const ENDED: ReadonlySet<string> = new Set(["Z", "X", "x"]);

interface Stat {
  readonly state: string;
  readonly started: string;
}

/** Undefined when there is no such process. */
function readStat(proc: string, pid: number): Stat | undefined {
  const text = unlessMissing(() => readFileSync(join(proc, String(pid), "stat"), "utf8"));
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses; it may hold spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", started: fields[19] ?? "" };
}

function surroundings(proc: string): Pick<Holder, "boot" | "namespace"> {
  return {
    boot: unlessMissing(() => readFileSync(join(proc, "sys/kernel/random/boot_id"), "utf8").trim()) ?? "",
    namespace: unlessMissing(() => readlinkSync(join(proc, "self/ns/pid"))) ?? "",
  };
}

/** ESRCH: the process ended between opening the file and reading it. */
const MISSING: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ESRCH"]);

function unlessMissing(read: () => string): string | undefined {
  try {
    return read();
  } catch (thrown) {
    if (MISSING.has(systemCodeOf(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

/** Nobody listens there. Any other failure means that somebody may, and a lease is not taken from who may be alive. */
const NOBODY: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT", "ENOTDIR", "ENOTSOCK", "EINVAL"]);

/** Whether somebody accepts a connection there. */
async function answers(socket: string): Promise<boolean> {
  if (socket === "") return false;
  // Rarely needed, and the command line pays for every import.
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (alive: boolean) => {
      connection.destroy();
      resolve(alive);
    };
    connection.setTimeout(CONNECT_MS, () => settle(true));
    connection.once("connect", () => settle(true));
    connection.once("error", (error) => settle(!NOBODY.has(systemCodeOf(error) ?? "")));
  });
}
