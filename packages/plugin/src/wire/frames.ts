/** What a command does, on the wire: lines of JSON, each a piece of what it prints, and at last how it ended. */
import { asProviderError, type Execution, type Exit, FAILURE_KINDS, type Printed, ProviderError } from "../contract.ts";
import { parseJson } from "./json-rpc.ts";
import { FRAME_BYTES, MAX_FRAME } from "./limits.ts";
import { type ExecFrame, execFrame } from "./methods.ts";

/** @param failed what is told where it came to no end: `{ failed: … }` */
export async function* framesOf(
  { output, ended }: Execution,
  failed: (thrown: unknown) => object,
): AsyncGenerator<Uint8Array, void> {
  // It is awaited below; until then nobody is there to hear that it failed.
  ended.catch(() => undefined);
  try {
    for await (const { stream, bytes } of output) {
      for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
        yield line({ [stream]: Buffer.from(bytes.subarray(at, at + FRAME_BYTES)).toString("base64") });
      }
    }
    yield line({ end: await ended });
  } catch (thrown) {
    yield line(failed(thrown));
  }
}

/** A provider's failure in the middle of a command. */
export function failedFrame(thrown: unknown): ExecFrame {
  const { kind, message } = asProviderError(thrown);
  return { failed: { kind, message } };
}

/** The command whose frames these are. A stream that breaks off is a failure, and never an end. */
export function executionOf(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Execution {
  const { promise: ended, resolve, reject } = Promise.withResolvers<Exit>();
  ended.catch(() => undefined);
  const giveUp = () => reject(new ProviderError("unknown", "nobody waits for it any more"));
  signal.addEventListener("abort", giveUp, { once: true });

  async function* output(): AsyncGenerator<Printed, void> {
    try {
      resolve(yield* printedIn(bytes));
    } catch (thrown) {
      reject(thrown);
      throw thrown;
    } finally {
      signal.removeEventListener("abort", giveUp);
      giveUp();
    }
  }

  return { output: output(), ended };
}

async function* printedIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Printed, Exit> {
  for await (const text of linesOf(bytes)) {
    const read = execFrame.safeParse(parseJson(text));
    if (!read.success) throw new ProviderError("unknown", "it tells what cannot be understood of the command");
    const frame = read.data;
    if ("end" in frame) return frame.end;
    if ("failed" in frame) throw failureIn(frame.failed);
    yield "out" in frame
      ? { stream: "out", bytes: Buffer.from(frame.out, "base64") }
      : { stream: "err", bytes: Buffer.from(frame.err, "base64") };
  }
  throw new ProviderError("unknown", "it broke off before the command had ended");
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_FRAME) throw new ProviderError("unknown", "it tells of the command in a line without an end");
    yield* lines;
  }
}

function failureIn({ kind, message }: { readonly kind: string; readonly message: string }): ProviderError {
  return new ProviderError(FAILURE_KINDS.find((known) => known === kind) ?? "unknown", message);
}

function line(frame: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(frame)}\n`);
}
