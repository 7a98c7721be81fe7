/** The command and the SDK as they are installed elsewhere: built, packed, and put into an empty folder without a network. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { endAllAtHome } from "./left-behind.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** One that goes on until it is told to end. */
export interface Going {
  readonly child: ChildProcess;
  printed(): string;
}

export interface Installed {
  /** Where the person works: nothing of the clone is above it. */
  readonly home: string;
  path(name: string): string;
  write(name: string, text: string): void;
  muster(...words: readonly string[]): Promise<Ended>;
  /** Runs a program to its end. */
  run(program: string, ...words: readonly string[]): Promise<Ended>;
  start(program: string, ...words: readonly string[]): Going;
  close(): Promise<void>;
}

export async function installElsewhere(): Promise<Installed> {
  const base = mkdtempSync(join(tmpdir(), "muster-installed-"));
  const [home, run, build] = ["home", "run", "build"].map((name) => join(base, name)) as [string, string, string];
  for (const directory of [home, run]) mkdirSync(directory, { mode: 0o700 });
  const env = {
    PATH: [join(home, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    XDG_RUNTIME_DIR: run,
  };
  const going = new Set<ChildProcess>();

  function begin(program: string, words: readonly string[], cwd = home): Going & { readonly ended: Promise<Ended> } {
    const child = spawn(program, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    going.add(child);
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    const ended = once(child, "close").then(([code]): Ended => {
      going.delete(child);
      return { code, out: out(), err: err() };
    });
    return { child, printed: () => `${out()}${err()}`, ended };
  }

  async function succeed(program: string, words: readonly string[], cwd?: string): Promise<void> {
    const { code, out, err } = await begin(program, words, cwd).ended;
    if (code !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${code}: ${out}${err}`);
  }

  async function close(): Promise<void> {
    for (const child of going) child.kill("SIGKILL");
    await Promise.all([...going].map((child) => once(child, "close")));
    await endAllAtHome(home);
    rmSync(base, { recursive: true, force: true });
  }

  try {
    await succeed(process.execPath, [join(ROOT, "scripts/build.ts"), build], ROOT);
    const tarballs = readdirSync(build).filter((name) => name.endsWith(".tgz"));
    writeFileSync(join(home, "package.json"), '{ "type": "module" }\n');
    const quietly = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"];
    await succeed("npm", ["install", ...quietly, ...tarballs.map((name) => join(build, name))]);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    home,
    path: (name) => join(home, name),
    write: (name, text) => writeFileSync(join(home, name), text),
    muster: (...words) => begin("muster", words).ended,
    run: (program, ...words) => begin(program, words).ended,
    start: (program, ...words) => begin(program, words),
    close,
  };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return () => text;
}
