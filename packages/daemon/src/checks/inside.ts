/** The inside of a thing as a target: a shell is run there by whoever keeps it. */
import { type Said, saidTarget, type Target } from "@muster/checks";
import { durationText, messageOf } from "@muster/model";
import type { Whom } from "@muster/runtime";

/** The bytes that are taken of each stream. */
const MOST_SAID = 8_388_608;

export function insideTarget({ name, begin }: Extract<Whom, { kind: "inside" }>, boundary: () => string): Target {
  return saidTarget(name, boundary, async (script, timeoutMs, signal) => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const streams: Record<"out" | "err", Uint8Array[]> = { out: [], err: [] };
    let left = MOST_SAID;
    const hear = async (): Promise<string> => {
      const { output, ended } = await begin({ command: ["sh", "-s"], input: once(script) }, over);
      ended.catch(() => undefined);
      for await (const { stream, bytes } of output) {
        left -= bytes.length;
        if (left < 0) return `it said more than ${MOST_SAID} bytes`;
        streams[stream].push(bytes);
      }
      const exit = await ended;
      return exit.kind === "exited" ? `sh exited with ${exit.code}` : `sh was ended by ${exit.signal}`;
    };
    const late = () => (signal.aborted ? LET_GO : `it did not answer within ${durationText(timeoutMs)}`);
    // Whoever does not end with the signal is not waited for.
    const given = new Promise<string>((resolve) => {
      over.addEventListener("abort", () => resolve(late()), { once: true });
    });
    const heard = over.aborted
      ? late()
      : hear().catch((thrown: unknown) => (over.aborted ? late() : messageOf(thrown)));
    const trouble = await Promise.race([heard, given]);
    return { stdout: Buffer.concat(streams.out), stderr: Buffer.concat(streams.err), trouble } satisfies Said;
  });
}

const LET_GO = "nobody waited for the answer";

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
