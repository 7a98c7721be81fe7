import { type Duplex, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ExecAsked, type Execution, type Exit, type Printed, ProviderError } from "@muster/plugin";
import { createdExec, inspectedExec } from "./engine/answers.ts";
import { lost, type Request } from "./engine/connection.ts";
import type { Engine } from "./engine/engine.ts";
import { printedIn } from "./engine/frames.ts";
import { refused } from "./failure.ts";

/** Runs a command inside of a container. The engine cannot end one: with the signal, its input and output are closed. */
export async function exec(engine: Engine, id: string, asked: ExecAsked, signal: AbortSignal): Promise<Execution> {
  const execId = await prepared(engine, id, asked, signal);
  const request: Request = {
    method: "POST",
    path: `/exec/${execId}/start`,
    body: { Detach: false, Tty: false },
    signal,
    patienceMs: 0,
  };
  const answer = await engine.talk(request);
  if (answer.kind === "refused") throw refused(`the command cannot be run in ${id.slice(0, 12)}`, answer);
  const duplex = answer.value;
  const hangUp = () => duplex.destroy();
  signal.addEventListener("abort", hangUp, { once: true });
  duplex.once("close", () => signal.removeEventListener("abort", hangUp));
  giveInput(duplex, asked);
  return execution(engine, execId, request, duplex);
}

async function prepared(engine: Engine, id: string, asked: ExecAsked, signal: AbortSignal): Promise<string> {
  const { command, input } = asked;
  const body = { Cmd: command, AttachStdin: input !== undefined, AttachStdout: true, AttachStderr: true };
  const answer = await engine.ask({ method: "POST", path: `/containers/${id}/exec`, body, signal }, createdExec);
  if (answer.kind === "answered") return answer.value.Id;
  const short = id.slice(0, 12);
  if (answer.status === 404) throw new ProviderError("invalid", `there is no container ${short}`);
  if (/not running|can only create exec sessions on running|is paused/i.test(answer.message)) {
    throw new ProviderError("invalid", `container ${short} does not run`);
  }
  throw refused(`the command cannot be run in ${short}`, answer);
}

function giveInput(duplex: Duplex, { input }: ExecAsked): void {
  // A command that ends does not have to read all of its input; how the connection ended is told by its output.
  duplex.on("error", () => undefined);
  if (input === undefined) return;
  const source = Readable.from(input);
  source.on("error", () => duplex.destroy());
  duplex.once("close", () => source.destroy());
  source.pipe(duplex);
}

async function execution(engine: Engine, execId: string, request: Request, duplex: Duplex): Promise<Execution> {
  const frames = printedIn(duplex);
  const first = frames.next();
  // Whoever reads the output hears of it.
  first.catch(() => undefined);
  const polling = new AbortController();
  const begun = await Promise.race([first, running(engine, execId, AbortSignal.any([request.signal, polling.signal]))])
    .catch((thrown: unknown) => Promise.reject(lost(engine.socket, request, thrown)))
    .finally(() => polling.abort());
  if (begun !== "runs" && !begun.done) await confirmBegun(engine, execId, begun.value, frames, request.signal);
  const { promise: ended, resolve, reject } = Promise.withResolvers<Exit>();
  ended.catch(() => undefined);

  async function* output(): AsyncGenerator<Printed> {
    try {
      const { done, value } = await first;
      if (!done) yield value;
      yield* frames;
      resolve(await exitOf(engine, execId, request.signal));
    } catch (thrown) {
      const failure = lost(engine.socket, request, thrown);
      reject(failure);
      throw failure;
    } finally {
      reject(new ProviderError("unknown", "nobody read the output to its end"));
      duplex.destroy();
    }
  }
  return { output: output(), ended };
}

/** A command that does not begin is told as if it had printed why: the runtime's words, and a code that means it. */
const NOT_BEGUN = /exec failed: |executable file not found|command that was not found/;

async function confirmBegun(
  engine: Engine,
  execId: string,
  { bytes }: Printed,
  frames: AsyncIterable<Printed>,
  signal: AbortSignal,
): Promise<void> {
  const said = Buffer.from(bytes.subarray(0, 1_000)).toString("utf8").trim();
  if (!NOT_BEGUN.test(said)) return;
  const { Running: runs, Pid: pid } = await inspected(engine, execId, signal);
  // Whoever runs prints such words itself.
  if (runs && (pid ?? 0) > 0) return;
  const exit = await exitOf(engine, execId, signal);
  if (exit.kind !== "exited" || (exit.code !== 126 && exit.code !== 127)) return;
  for await (const _ of frames) {
    // The rest says no more.
  }
  throw new ProviderError("invalid", `the command cannot be run there: ${said}`);
}

/** So often it is asked whether a command runs, and whether it has ended, in milliseconds. */
const ASK_AGAIN_MS = 20;

/** Resolves when the command runs; a silent one shows it in no other way. */
async function running(engine: Engine, execId: string, signal: AbortSignal): Promise<"runs"> {
  for (;;) {
    const { Running: runs, Pid: pid } = await inspected(engine, execId, signal);
    if (runs && (pid ?? 0) > 0) return "runs";
    await sleep(ASK_AGAIN_MS, undefined, { signal });
  }
}

/** How it ended. Its output ends a moment before the engine knows. */
async function exitOf(engine: Engine, execId: string, signal: AbortSignal): Promise<Exit> {
  for (;;) {
    const { Running: runs, ExitCode: code } = await inspected(engine, execId, signal);
    if (!runs) return { kind: "exited", code: code ?? 0 };
    await sleep(ASK_AGAIN_MS, undefined, { signal });
  }
}

async function inspected(engine: Engine, execId: string, signal: AbortSignal) {
  const answer = await engine.ask({ method: "GET", path: `/exec/${execId}/json`, signal }, inspectedExec);
  if (answer.kind === "answered") return answer.value;
  throw refused("the engine does not tell how the command does", answer);
}
