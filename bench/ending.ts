import { readdirSync, readFileSync } from "node:fs";

/** Ends every process whose environment names the folder: all that a bench has started outlives whoever started it. */
export function endAllOf(folder: string): void {
  for (let left = pidsOf(folder); left.length > 0; left = pidsOf(folder)) {
    for (const pid of left) end(pid);
  }
}

/** True while it lives. */
export function isAlive(pid: number): boolean {
  return !/\) [ZX] /.test(textAt(`/proc/${pid}/stat`) ?? ") X ");
}

/**
 * The living processes whose environment names the folder, without this one.
 *
 * @param program the name of the program that they run; any unless told
 */
export function pidsOf(folder: string, program?: string): readonly number[] {
  const pids = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  const runs = (pid: number) => program === undefined || textAt(`/proc/${pid}/comm`) === `${program}\n`;
  const names = (pid: number) => textAt(`/proc/${pid}/environ`)?.includes(folder) === true;
  return pids.filter((pid) => pid !== process.pid && runs(pid) && names(pid) && isAlive(pid));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
    return;
  }
}

/** Undefined where there is none, or none any more. */
function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
