import type { ExecFrame } from "@muster/daemon";
import { MusterError } from "@muster/model";
import { errorFrom } from "./errors.ts";

/** A frame has no more characters than this. */
const LONGEST = 1024 * 1024;

/**
 * The frames of a command, up to the one that tells how it ended. Throws what it failed with, and `daemon.bad-answer` for
 * what cannot be understood, or has no end; ends with the signal.
 */
export async function* framesIn(
  bytes: AsyncIterable<Uint8Array>,
  socket: string,
  signal: AbortSignal,
): AsyncGenerator<ExecFrame, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) throw odd(socket, "a line without an end");
    for (const line of lines) {
      const frame = frameIn(line, socket);
      if ("failed" in frame) throw errorFrom({ status: 500, text: JSON.stringify({ error: frame.failed }) }, socket);
      yield frame;
      if ("end" in frame) return;
    }
  }
  if (!signal.aborted) throw odd(socket, "it does not tell how the command ended");
}

function frameIn(line: string, socket: string): ExecFrame {
  try {
    return JSON.parse(line);
  } catch {
    throw odd(socket, "a frame that is not JSON");
  }
}

function odd(socket: string, detail: string): MusterError {
  return new MusterError("daemon.bad-answer", { socket, detail });
}
