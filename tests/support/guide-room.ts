/** A home of its own in which a page of the guide is played, with the command `muster` and the examples in it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { endAllAtHome } from "./left-behind.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Of one command that ends, in milliseconds. */
const LONGEST_MS = 30_000;
const TOLD_HOME = "/home/ann";
const TOLD_RUNTIME = "/run/user/1000";

export interface GuideRoom {
  write(name: string, text: string): void;
  /** Runs a line of shell to its end; what it printed on either stream. */
  run(typed: string): Promise<readonly string[]>;
  start(name: string, typed: string): void;
  /** What a command that goes on has printed since `take` was last called for it. */
  printed(name: string): readonly string[];
  take(name: string, lines: number): void;
  /** Ctrl-C. Resolves when it has ended. */
  interrupt(name: string): Promise<void>;
  close(): Promise<void>;
}

export function openGuideRoom(): GuideRoom {
  const base = mkdtempSync(join(tmpdir(), "guide-"));
  const [home, runtime, bin] = ["home", "run", "bin"].map((name) => join(base, name)) as [string, string, string];
  for (const directory of [home, runtime, bin]) mkdirSync(directory, { mode: 0o700 });
  for (const example of ["hello", "rollout", "try", "web", "workers"]) {
    cpSync(join(ROOT, "examples", example), join(home, "examples", example), { recursive: true });
  }
  const packages = join(home, "node_modules/@muster");
  mkdirSync(packages, { recursive: true });
  symlinkSync(join(ROOT, "packages/sdk"), join(packages, "sdk"));
  const command = join(bin, "muster");
  writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, "packages/cli/bin/muster.js")} "$@"\n`);
  chmodSync(command, 0o755);
  const env = {
    PATH: `${bin}:${dirname(process.execPath)}:${process.env["PATH"]}`,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
  };
  const staying = new Map<string, { readonly child: ChildProcess; readonly text: () => string; taken: number }>();

  /** What the guide calls Ann's home is this room. */
  const meant = (text: string): string => text.replaceAll(TOLD_HOME, home).replaceAll(TOLD_RUNTIME, runtime);

  function shell(line: string): { readonly child: ChildProcess; readonly text: () => string } {
    const options = { cwd: home, env, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
    const child = spawn("/bin/sh", ["-c", `exec 2>&1\n${meant(line)}`], options);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    return { child, text: () => text };
  }

  /** As it would look to the person that the guide tells of. */
  function asTold(text: string): readonly string[] {
    const told = text
      .replaceAll(home, TOLD_HOME)
      .replaceAll(runtime, TOLD_RUNTIME)
      .replaceAll(`user:${userInfo().username}`, "user:ann");
    return told
      .split("\n")
      .slice(0, told.endsWith("\n") ? -1 : undefined)
      .filter((line, at, all) => at < all.length - 1 || line !== "");
  }

  function named(name: string) {
    const one = staying.get(name);
    if (one === undefined) throw new Error(`nothing that stays is called \`${name}\``);
    return one;
  }

  return {
    write(name, text) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), meant(text));
    },
    async run(typed) {
      const { child, text } = shell(typed);
      const late = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
      await once(child, "close");
      clearTimeout(late);
      return asTold(text());
    },
    start(name, typed) {
      staying.set(name, { ...shell(`exec ${typed}`), taken: 0 });
    },
    printed: (name) => asTold(named(name).text()).slice(named(name).taken),
    take(name, lines) {
      named(name).taken += lines;
    },
    async interrupt(name) {
      const { child } = named(name);
      child.kill("SIGINT");
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    },
    async close() {
      const running = [...staying.values()].filter(({ child }) => child.exitCode === null && child.signalCode === null);
      for (const { child } of running) child.kill("SIGKILL");
      await Promise.all(running.map(({ child }) => once(child, "close")));
      await endAllAtHome(home);
      rmSync(base, { recursive: true, force: true });
    },
  };
}
