/** Targets at which somebody else runs a command for us: an engine of containers, whoever keeps an instance. */
import { durationText, messageOf } from "@muster/model";
import type { Said } from "../answers.ts";
import { endAfter, whyLetGo } from "../ending.ts";
import { readable } from "../reason.ts";
import { lastLine, taken } from "./taken.ts";
import { MOST_SAID, saidTarget, type Target } from "./target.ts";

/** Begins a command with what it is to read; the signal ends it. It may throw: then it has not begun, or nobody can tell. */
export type Begin = (
  asked: { readonly command: readonly ["sh", "-s"]; readonly input: AsyncIterable<Uint8Array> },
  signal: AbortSignal,
) => Promise<Begun>;

/** A command that was begun, as those who keep instances tell of it. */
export interface Begun {
  readonly output: AsyncIterable<{ readonly stream: "out" | "err"; readonly bytes: Uint8Array }>;
  /** Resolves after the last of its output was read. */
  readonly ended: Promise<
    { readonly kind: "exited"; readonly code: number } | { readonly kind: "killed"; readonly signal: string }
  >;
}

/** @param most the bytes that are taken of each stream */
export function begunTarget(name: string, boundary: () => string, begin: Begin, most = MOST_SAID): Target {
  return saidTarget(name, boundary, (script, timeoutMs, signal) => sayTo(begin, { script, timeoutMs, most }, signal));
}

export interface Saying {
  readonly script: string;
  readonly timeoutMs: number;
  /** The bytes that are taken of each stream. */
  readonly most: number;
}

/** Nothing is thrown. Whoever does not end with the signal is not waited for. */
export async function sayTo(begin: Begin, { script, timeoutMs, most }: Saying, signal: AbortSignal): Promise<Said> {
  const streams = { out: taken(most), err: taken(most) };
  const over = new AbortController();
  let trouble: string | undefined;
  const end = (why: string) => {
    trouble ??= why;
    over.abort();
  };

  const hear = async () => {
    const { output, ended } = await begin({ command: ["sh", "-s"], input: once(script) }, over.signal);
    // It may be known how it ended before the last of it is read: until somebody waits for that, it is no failure of ours.
    ended.catch(() => undefined);
    for await (const { stream, bytes } of output) {
      if (over.signal.aborted) return;
      if (!streams[stream].take(bytes)) return end(`it said more than ${most} bytes`);
    }
    const exit = await ended;
    const last = lastLine(streams.err.bytes());
    const how = exit.kind === "exited" ? `exited with ${exit.code}` : `was ended by ${exit.signal}`;
    end(`sh ${how}${last === "" ? "" : `: ${last}`}`);
  };

  const callOff = endAfter(timeoutMs, signal, (why) =>
    end(why === "late" ? `it did not answer within ${durationText(timeoutMs)}` : whyLetGo(signal)),
  );
  const given = new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve(), { once: true }));
  if (signal.aborted) end(whyLetGo(signal));
  else await Promise.race([hear().catch((thrown: unknown) => end(messageOf(thrown))), given]);
  callOff();
  return {
    ...{ stdout: streams.out.bytes(), stderr: streams.err.bytes() },
    trouble: readable(trouble ?? "it said no more"),
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
