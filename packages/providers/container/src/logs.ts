import { type LogsAsked, ProviderError } from "@muster/plugin";
import { inspectedContainer } from "./engine/answers.ts";
import { lost, type Request } from "./engine/connection.ts";
import type { Engine, Refusal } from "./engine/engine.ts";
import { printedIn } from "./engine/frames.ts";
import { refused } from "./failure.ts";

/**
 * What a container has printed on both of its streams, in the order in which it did.
 *
 * When a container ends, engines end the stream of whoever follows it, also where that has not been sent everything yet.
 * So one that has ended is not followed, and what is missing of one that was followed from its beginning is read after it.
 */
export async function* logs(
  engine: Engine,
  id: string,
  { lines, follow }: LogsAsked,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const isFollowed = follow && (await runs(engine, id, signal));
    let told = 0;
    for await (const bytes of printed(
      engine,
      id,
      { ...(lines === undefined ? {} : { lines }), follow: isFollowed },
      signal,
    )) {
      told += bytes.length;
      yield bytes;
    }
    if (isFollowed && lines === undefined) yield* beyond(told, printed(engine, id, { follow: false }, signal));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function* printed(
  engine: Engine,
  id: string,
  { lines, follow }: LogsAsked,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const query = `stdout=1&stderr=1&follow=${follow ? 1 : 0}&tail=${lines ?? "all"}`;
  const request: Request = { method: "GET", path: `/containers/${id}/logs?${query}`, signal, patienceMs: 0 };
  const answer = await engine.read(request);
  if (answer.kind === "refused") throw failureOf(id, answer);
  try {
    for await (const { bytes } of printedIn(answer.value)) yield bytes;
  } catch (thrown) {
    throw lost(engine.socket, request, thrown);
  }
}

async function runs(engine: Engine, id: string, signal: AbortSignal): Promise<boolean> {
  const answer = await engine.ask({ method: "GET", path: `/containers/${id}/json`, signal }, inspectedContainer);
  if (answer.kind === "refused") throw failureOf(id, answer);
  return !ENDED.has(answer.value.State.Status);
}

const ENDED: ReadonlySet<string> = new Set(["exited", "stopped", "dead"]);

function failureOf(id: string, answer: Refusal): ProviderError {
  const short = id.slice(0, 12);
  if (answer.status === 404) return new ProviderError("invalid", `there is no container ${short}`);
  return refused(`the logs of container ${short} cannot be read`, answer);
}

/** What comes after so many bytes. Of a container that is gone by then nothing does. */
async function* beyond(told: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = told;
  try {
    for await (const bytes of chunks) {
      if (bytes.length > left) yield bytes.subarray(left);
      left = Math.max(0, left - bytes.length);
    }
  } catch (thrown) {
    if (!(thrown instanceof ProviderError) || thrown.kind !== "invalid") throw thrown;
  }
}
