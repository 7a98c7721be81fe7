/** Ways to give a process little room to write, and more of it later, while it runs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LittleRoom {
  readonly name: string;
  /** What Muster calls it when there is no more room. */
  readonly code: "store.full" | "store.failed";
  /** Why it cannot be had on this machine; undefined when it can. */
  readonly lacks: string | undefined;
  /** The words that run a process with little room in a directory. */
  through(directory: string): readonly string[];
  /** Takes the room away that is left after the start. */
  narrow(pid: number, directory: string): void;
  widen(pid: number, directory: string): void;
  /** How the process's file is reached from outside of it. */
  seen(pid: number, path: string): string;
}

const MOUNT = 'mount -t tmpfs -o size=1m tmpfs "$0" && head -c 524288 /dev/zero > "$0/ballast" && exec "$@"';

/** Of its own, in a mount namespace: nobody else sees it, and it goes with the process. Root may, or whoever may unshare. */
function smallDisk(): LittleRoom {
  const ways = [
    ["unshare", "--mount"],
    ["unshare", "--map-root-user", "--mount"],
  ];
  const way = ways.find((words) => canMount(words));
  return {
    name: "a small disk",
    code: "store.full",
    lacks: way === undefined ? "mounting a small disk is not permitted here" : undefined,
    through: (directory) => [...(way ?? []), "sh", "-c", MOUNT, directory],
    narrow: () => undefined,
    widen: (pid, directory) => rmSync(`/proc/${pid}/root${directory}/ballast`),
    seen: (pid, path) => `/proc/${pid}/root${path}`,
  };
}

function canMount([program = "", ...words]: readonly string[]): boolean {
  const directory = mkdtempSync(join(tmpdir(), "disk-"));
  const { status } = spawnSync(program, [...words, "mount", "-t", "tmpfs", "tmpfs", directory]);
  rmSync(directory, { recursive: true });
  return status === 0;
}

const LIMIT_BYTES = 256 * 1024;

/** What `ulimit -f` sets. Nobody needs a right for it; to SQLite it is a write that fails, and not a disk that is full. */
function smallFiles(): LittleRoom {
  const limit = (pid: number, bytes: number | "unlimited") => {
    const { status, stderr } = spawnSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`], { encoding: "utf8" });
    if (status !== 0) throw new Error(`prlimit: ${stderr}`);
  };
  return {
    name: "a limit on the size of files",
    code: "store.failed",
    lacks: undefined,
    through: () => [],
    narrow: (pid) => limit(pid, LIMIT_BYTES),
    widen: (pid) => limit(pid, "unlimited"),
    seen: (_, path) => path,
  };
}

export const LITTLE_ROOMS: readonly LittleRoom[] = [smallDisk(), smallFiles()];
