/** What is asked and what a command reads, as one body: a line of JSON, then the bytes as they come. */
import type { Readable } from "node:stream";
import { ProviderError } from "../contract.ts";
import { MAX_REQUEST } from "./limits.ts";

export const INPUT_TYPE = "application/vnd.muster.exec";

/**
 * Headers of such a request. The command may end before it has read everything: a server that closed the connection then would
 * break it off for whoever still writes, whatever was answered. So it is kept, and whoever has the answer hangs up.
 */
export const INPUT_HEADERS = { "Content-Type": INPUT_TYPE, Connection: "keep-alive" } as const;

/** @param asked JSON, which has no line break in it */
export async function* withInput(asked: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`${asked}\n`);
  yield* input;
}

/** The two apart again; `input` can be read once. Throws `invalid` where there is no first line, or one that is too long. */
export async function splitInput(
  request: Readable,
): Promise<{ readonly asked: string; readonly input: AsyncIterable<Uint8Array> }> {
  // To read no further must not end the connection: the answer is on its way.
  const pieces: AsyncIterator<Uint8Array> = request.iterator({ destroyOnReturn: false });
  const line: Uint8Array[] = [];
  let size = 0;
  for (let step = await pieces.next(); step.done !== true; step = await pieces.next()) {
    const end = step.value.indexOf(LINE_BREAK);
    const piece = end < 0 ? step.value : step.value.subarray(0, end);
    size += piece.length;
    if (size > MAX_REQUEST) throw new ProviderError("invalid", `what is asked has at most ${MAX_REQUEST} bytes`);
    line.push(piece);
    if (end < 0) continue;
    return { asked: Buffer.concat(line).toString("utf8"), input: goOn(step.value.subarray(end + 1), pieces) };
  }
  throw new ProviderError("invalid", "what is asked must be a line of its own, before what the command reads");
}

const LINE_BREAK = 10;

async function* goOn(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    if (first.length > 0) yield first;
    for (let step = await pieces.next(); step.done !== true; step = await pieces.next()) yield step.value;
  } finally {
    await pieces.return?.();
  }
}
