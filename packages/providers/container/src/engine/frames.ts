import type { Printed } from "@muster/plugin";

const HEAD = 8;

/**
 * What a thing printed, out of the frames in which an engine sends two streams as one: a byte for the stream, three of
 * nothing, four for the length. A frame is handed on as it comes, and never gathered: it may be as long as it likes.
 *
 * @throws Error when these are no frames, or when they break off in the middle of one
 */
export async function* printedIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Printed> {
  let head = Buffer.alloc(0);
  let stream: Printed["stream"] = "out";
  let left = 0;
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const bytes = chunk.subarray(at, at + left);
        at += bytes.length;
        left -= bytes.length;
        yield { stream, bytes };
        continue;
      }
      const more = chunk.subarray(at, at + HEAD - head.length);
      at += more.length;
      head = Buffer.concat([head, more]);
      if (head.length < HEAD) continue;
      stream = streamOf(head);
      left = head.readUInt32BE(4);
      head = Buffer.alloc(0);
    }
  }
  if (left > 0 || head.length > 0) throw new Error("what was printed broke off");
}

/** Standard output, standard error; what the engine itself has to say comes as the latter. */
function streamOf(head: Buffer): Printed["stream"] {
  const [kind, a, b, c] = head;
  if (kind === undefined || kind > 3 || a !== 0 || b !== 0 || c !== 0) {
    throw new Error("what was printed came in no frames that are known");
  }
  return kind <= 1 ? "out" : "err";
}
