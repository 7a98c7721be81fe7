/** Commands that are run in a process: as it sees the world, and as one of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { messageOf, systemCodeOf } from "@muster/model";
import { type ExecAsked, type Execution, type Exit, type Printed, ProviderError } from "@muster/plugin";
import { accountFor, runAs } from "./accounts.ts";
import { ifThere } from "./failure.ts";
import type { Family } from "./families.ts";
import { followerOf, variablesIn } from "./mark.ts";
import { environmentOf } from "./process-table.ts";
import type { ProcessProperties } from "./properties.ts";
import { programAt } from "./surroundings.ts";

export interface Place {
  readonly id: string;
  readonly family: Family;
  readonly properties: Partial<ProcessProperties>;
  /** The file by which one comes under its memory limit. */
  readonly memoryEntrance: string | undefined;
}

/**
 * Begins a command in a process. It leads a session of its own and bears the mark, so that it goes when the process does.
 * Its environment is the leader's: any other that bears the mark may have been put there by somebody who is not trusted.
 *
 * @throws ProviderError `invalid`: there is no such command, or the process has just ended, or as whom it is to run, or
 *   with what environment, is not known any more
 */
export function begin(place: Place, [command, ...args]: ExecAsked["command"], withOutput: boolean): ChildProcess {
  const {
    id,
    family: { leader },
    properties,
  } = place;
  if (leader === undefined)
    throw new ProviderError("invalid", `the leader of ${id} was killed: its environment is lost`);
  if (properties.command === undefined)
    throw new ProviderError("invalid", `what ${id} was made of is lost: its user is not known`);
  const environment = environmentOf(leader.pid);
  if (environment === undefined) throw new ProviderError("invalid", `${id} does not run any more`);
  const env = followerOf(leader.session, variablesIn(environment));
  const cwd = properties.cwd ?? "/";
  const program = asInvalid(() => programAt(command, env["PATH"] ?? "", cwd));
  const [first = program, ...rest] = [...runAs(accountFor(properties.user)), program, ...args];
  const output = withOutput ? "pipe" : "ignore";
  const child = spawn(first, rest, {
    cwd,
    env,
    detached: true,
    stdio: [withOutput ? "pipe" : "ignore", output, output],
  });
  if (child.pid !== undefined && place.memoryEntrance !== undefined) limit(child.pid, place.memoryEntrance);
  return child;
}

function asInvalid<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw new ProviderError("invalid", messageOf(thrown), { cause: thrown });
  }
}

function limit(pid: number, entrance: string): void {
  ifThere(() => writeFileSync(entrance, String(pid)));
}

/** Ends a command with all of its session that it has not left, and that has not become somebody else's (`sudo`). */
export function endCommand({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code !== "ESRCH" && code !== "EPERM") throw thrown;
  }
}

/** Resolves when it has ended. Rejects with `invalid` where it could not be begun. */
export function exitOfCommand(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.on("error", (thrown) => reject(new ProviderError("invalid", messageOf(thrown), { cause: thrown })));
    child.on("exit", (code, signal) => {
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "killed", signal });
    });
  });
}

/** Runs a command with its input and output; the signal ends it. */
export async function execute(place: Place, { command, input }: ExecAsked, signal: AbortSignal): Promise<Execution> {
  const child = begin(place, command, true);
  const exit = exitOfCommand(child);
  const end = () => {
    endCommand(child);
    // One that has left its session may hold them open for ever.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  await Promise.race([new Promise((resolve) => child.once("spawn", resolve)), exit]);
  if (signal.aborted) end();
  feed(child, input).catch(() => undefined);
  const { promise: wasRead, resolve: read } = Promise.withResolvers<void>();
  const ended = Promise.all([exit, wasRead]).then(([how]) => {
    signal.removeEventListener("abort", end);
    return how;
  });
  return { output: outputOf(child, read, signal), ended };
}

async function feed({ stdin }: ChildProcess, input: ExecAsked["input"]): Promise<void> {
  if (stdin === null) return;
  // One that reads no more of it is no failure.
  stdin.on("error", () => stdin.destroy());
  for await (const bytes of input ?? []) {
    if (stdin.destroyed) return;
    if (!stdin.write(bytes)) await new Promise<void>((resolve) => stdin.once("drain", resolve).once("close", resolve));
  }
  stdin.end();
}

/** Both streams as one, in the order in which they are read; no more is read than is asked for. */
function outputOf({ stdout, stderr }: ChildProcess, done: () => void, signal: AbortSignal): AsyncGenerator<Printed> {
  const sources = [
    { stream: "out", from: stdout },
    { stream: "err", from: stderr },
  ] as const;
  let wake = (): void => undefined;
  // From the first moment: what is there when the command ends would be thrown away where nobody waits for it.
  for (const { from } of sources) {
    for (const event of ["readable", "end", "error", "close"]) from?.on(event, () => wake());
  }

  async function* read(): AsyncGenerator<Printed> {
    try {
      for (;;) {
        const { promise: more, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const printed = sources.flatMap(({ stream, from }): readonly Printed[] => {
          const bytes: Uint8Array | null | undefined = from?.read();
          return bytes ? [{ stream, bytes }] : [];
        });
        yield* printed;
        if (printed.length > 0) continue;
        const failed = sources.find(({ from }) => from?.errored)?.from?.errored;
        if (failed && !signal.aborted) throw failed;
        if (sources.every(({ from }) => from?.readableEnded !== false || from.closed)) return;
        await more;
      }
    } finally {
      stdout?.destroy();
      stderr?.destroy();
      done();
    }
  }

  return read();
}
