import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

/** What is answered piece by piece. */
export interface Bytes {
  readonly contentType: string;
  /** Read as fast as the client takes it, and no faster. Where it throws, the answer breaks off. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Resolves when all of it was taken, or it has broken off: which of the two, the client sees. @param cut breaks it off */
export async function sendBytes(
  response: ServerResponse,
  { contentType, body }: Bytes,
  cut?: AbortSignal,
): Promise<void> {
  const breakOff = () => response.destroy();
  cut?.addEventListener("abort", breakOff, { once: true });
  if (cut?.aborted) breakOff();
  response.writeHead(200, { "Content-Type": contentType, "Cache-Control": "no-cache" });
  response.flushHeaders();
  try {
    await pipeline(body, response);
  } catch {
    // Somebody went away, or it failed in the middle; the connection is closed by now.
  } finally {
    cut?.removeEventListener("abort", breakOff);
  }
}
