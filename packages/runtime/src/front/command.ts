/** Runs a command of a declaration: without a shell, with an end, and with no more of the environment than it needs. */
import { type ChildProcess, spawn } from "node:child_process";
import { type Command, messageOf, systemCodeOf } from "@muster/model";
import type { Clock } from "../ports.ts";

/** How a command ended; `late`: it was ended, because its time was over. */
export type Ended =
  | { readonly kind: "well" }
  | { readonly kind: "late" }
  | { readonly kind: "failed"; readonly reason: string };

/** The signal ends it at once. */
export type RunCommand = (command: Command, clock: Clock, signal: AbortSignal) => Promise<Ended>;

/** What it prints as an error is told as far as this, in characters. */
const TOLD = 300;
/** After it has ended, the last of what it printed is awaited for so long, in milliseconds. */
const LAST_WORDS_MS = 200;
/** One that was killed and does not end is awaited for so long, in milliseconds. */
const UNKILLED_MS = 500;

/** Muster's own environment may hold what is nobody's business: tokens of providers. */
const PASSED = /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)$/;

export const runCommand: RunCommand = ({ command, timeoutMs }, clock, signal) => {
  const [program, ...args] = command;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name)));
  const { promise, resolve } = Promise.withResolvers<Ended>();
  // A group of its own: what it has started ends with it.
  const child = spawn(program, args, { cwd: "/", env, stdio: ["ignore", "ignore", "pipe"], detached: true });
  const said = listenTo(child);
  let end: Ended | undefined;

  function give(ended: Ended): void {
    cancel();
    signal.removeEventListener("abort", abort);
    child.stderr?.destroy();
    resolve(ended);
  }

  function kill(why: Ended): void {
    end = why;
    killGroup(child);
    // Whoever cannot be killed, because it has become somebody else (`sudo`), is not waited for.
    clock.after(UNKILLED_MS, () => give(why));
  }

  const abort = () => kill({ kind: "failed", reason: "Muster ended before it had ended" });
  const cancel = clock.after(timeoutMs, () => kill({ kind: "late" }));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  child.once("error", (error) => {
    const missing = systemCodeOf(error) === "ENOENT";
    give({ kind: "failed", reason: missing ? "there is no such program" : messageOf(error) });
  });
  child.once("exit", (code, killed) => {
    const ended = end ?? (code === 0 ? { kind: "well" as const } : undefined);
    // What it leaves running in the background may hold its pipe open for ever.
    const last = clock.after(LAST_WORDS_MS, tell);
    child.once("close", tell);
    function tell(): void {
      last();
      give(ended ?? { kind: "failed", reason: `it ended with ${killed ?? code}${said()}` });
    }
  });
  return promise;
};

/** What it printed as an error, on one line. */
function listenTo(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    if (text.length < TOLD) text += more;
  });
  return () => {
    const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
    if (line === "") return "";
    return line.length > TOLD ? `: ${line.slice(0, TOLD)}…` : `: ${line}`;
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code !== "ESRCH" && code !== "EPERM") throw thrown;
  }
}
