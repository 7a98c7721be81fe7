/** An example as somebody runs it: its folder copied to a home of its own, and the real `muster watch` in it. */
import { type ExecFileOptions, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { MUSTER } from "../crash/run.ts";
import { endAllAtHome } from "./left-behind.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
/** Of one command that ends, and of a script of many, in milliseconds. */
const LONGEST_MS = 30_000;
const LONGEST_SCRIPT_MS = 180_000;

export interface ExampleRoom {
  readonly home: string;
  /** Where the example was copied to. */
  readonly folder: string;
  /** Puts one text in the place of another, wherever it stands in the file. */
  edit(file: string, from: string, to: string): void;
  /** Begins `muster watch`. */
  watch(file: string): Watch;
  /** Begins `muster serve`. */
  serve(): Watch;
  /** Runs `muster` to its end; throws, with what it said, where that is not a good one. */
  muster(...args: readonly string[]): Promise<string>;
  /**
   * Runs a script of the example to its end; `MUSTER` in its environment is the command. Throws as `muster` does.
   *
   * @returns what it said, on either stream
   */
  script(words: readonly [string, ...string[]], more?: Readonly<Record<string, string>>): Promise<string>;
}

export interface Watch {
  /** What it has said until now. */
  readonly said: () => string;
  /** Ctrl-C. Resolves when it has ended. */
  readonly end: () => Promise<void>;
}

/**
 * All that is started in it ends with the test.
 *
 * @param more environment of `muster`
 */
export function openExample(name: string, more: Readonly<Record<string, string>> = {}): ExampleRoom {
  const home = mkdtempSync(join(tmpdir(), "muster-example-"));
  onTestFinished(async () => {
    await endAllAtHome(home);
    rmSync(home, { recursive: true });
  });
  const folder = join(home, name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  const runtime = join(home, "run");
  mkdirSync(runtime, { mode: 0o700 });
  const env = {
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
    ...more,
  };
  const options = { cwd: folder, env };
  function begin(...args: readonly string[]): Watch {
    const child = spawn(process.execPath, [MUSTER, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    }
    const exit = once(child, "exit");
    const end = async () => {
      child.kill("SIGINT");
      await exit;
    };
    onTestFinished(end);
    return { said: () => said, end };
  }

  /** Both streams, in this order. */
  function run(program: string, args: readonly string[], given: ExecFileOptions): Promise<readonly [string, string]> {
    return new Promise((resolve, reject) => {
      execFile(program, args, { ...given, encoding: "utf8", maxBuffer: 64 << 20 }, (error, out, complaints) => {
        if (error === null) resolve([out, complaints]);
        else reject(new Error(`${[program, ...args].join(" ")}: ${error.message}\n${out}${complaints}`));
      });
    });
  }

  return {
    home,
    folder,
    edit(file, from, to) {
      const text = readFileSync(join(folder, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
      writeFileSync(join(folder, file), text.replaceAll(from, to));
    },
    watch: (file) => begin("watch", file),
    serve: () => begin("serve"),
    async muster(...args) {
      const [out] = await run(process.execPath, [MUSTER, ...args], { ...options, timeout: LONGEST_MS });
      return out;
    },
    async script([program, ...args], given = {}) {
      const its = { ...env, MUSTER: `${process.execPath} ${MUSTER}`, ...given };
      return (await run(program, args, { cwd: folder, env: its, timeout: LONGEST_SCRIPT_MS })).join("");
    },
  };
}

/** Asks again and again, at most half a minute, until it is so. */
export function until<T>(ask: () => T | false | Promise<T | false>, told: () => string): Promise<T> {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      if (answer === false) throw new Error(`it did not come to be:\n${told()}`);
      return answer;
    },
    { timeout: 30_000, interval: 50 },
  );
}
