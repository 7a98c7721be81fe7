/**
 * Facts of this machine that are had without a shell. What they mean is what `script.ts` asks for, to the letter; a test
 * holds the two against each other. All waiting is bounded by who asks: nothing here blocks this process.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, open, readdir, readFile, readlink, stat } from "node:fs/promises";
import { messageOf, systemCodeOf } from "@muster/model";
import { BROKEN, DENIED, NO_DIRECTORY, NO_FILE, namesOfProcesses } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import {
  type Answer,
  type Ask,
  type FactsInTheMaking,
  known,
  type Needs,
  NONE,
  type Text,
  unanswered,
} from "../facts.ts";
import { mostOf } from "../script.ts";

export const ASKED_HERE = [
  "stat",
  "link",
  "read",
  "sum",
  "names",
  "writable",
  "processes",
] as const satisfies readonly Ask[];

/** More at once only wait for each other. */
const AT_ONCE = 8;

/** Puts into `facts` what is known, as it becomes known. */
export async function gatherHere(needs: Needs, facts: FactsInTheMaking, signal: AbortSignal): Promise<void> {
  const jobs: (() => Promise<void>)[] = [];
  const plan = <T>(of: readonly string[], into: Map<string, Answer<T>>, ask: (of: string) => Promise<Answer<T>>) => {
    for (const each of of) jobs.push(async () => void into.set(each, await answerOf(each, ask)));
  };
  plan(needs.stat, facts.stat, async (path) => {
    const { mode, uid, gid, size, mtimeMs } = await lstat(path);
    return known({ mode, uid, gid, size, modified: Math.floor(mtimeMs / 1_000) });
  });
  plan(needs.link, facts.link, async (path) => known(await readlink(path)));
  plan(needs.read, facts.read, beginningOf);
  plan(needs.sum, facts.sum, async (path) => {
    if (!(await stat(path)).isFile()) return NO_FILE;
    const hash = createHash("sha256");
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    for await (const chunk of file.createReadStream({ signal, autoClose: false })) hash.update(chunk);
    return known(hash.digest("hex"));
  });
  plan(needs.names, facts.names, async (path) => {
    return (await stat(path)).isDirectory() ? known((await readdir(path)).toSorted()) : NO_DIRECTORY;
  });
  plan(needs.writable, facts.writable, mayWrite);
  plan(needs.processes, facts.processes, async () => known(await processNames()));
  await atOnce(jobs, AT_ONCE, signal);
}

async function answerOf<T>(path: string, ask: (of: string) => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await ask(path);
  } catch (thrown) {
    const why = unseen(thrown);
    return why.kind === "none" ? endOf(path) : why;
  }
}

/** What nothing is found behind may be a link. */
async function endOf(path: string): Promise<Answer<never>> {
  try {
    return (await lstat(path)).isSymbolicLink() ? BROKEN : NONE;
  } catch (thrown) {
    return unseen(thrown);
  }
}

function unseen(thrown: unknown): Answer<never> {
  switch (systemCodeOf(thrown)) {
    case "ENOENT":
    case "ENOTDIR":
    // A directory on the way is a link that leads nowhere; the shell says the same of it.
    case "ELOOP":
      return NONE;
    case "EACCES":
    case "EPERM":
      return DENIED;
    default:
      return unanswered(messageOf(thrown));
  }
}

async function mayWrite(path: string): Promise<Answer<boolean>> {
  await stat(path);
  try {
    await access(path, constants.W_OK);
    return known(true);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") return known(false);
    throw thrown;
  }
}

async function beginningOf(path: string): Promise<Answer<Text>> {
  // A pipe is not opened: it would wait for who writes into it.
  if (!(await stat(path)).isFile()) return NO_FILE;
  const most = mostOf(path);
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const bytes = Buffer.allocUnsafe(Math.min(most, 1 << 16) + 1);
  const read: Buffer[] = [];
  let length = 0;
  // A table of the kernel has no size, and comes in pieces.
  while (length <= most) {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, null);
    if (bytesRead === 0) break;
    read.push(Buffer.from(bytes.subarray(0, bytesRead)));
    length += bytesRead;
  }
  return known({ text: Buffer.concat(read).subarray(0, most).toString(), whole: length <= most });
}

async function processNames(): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // Whoever has ended meanwhile does not run.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return namesOfProcesses(lines);
}
