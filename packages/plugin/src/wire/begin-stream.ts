import { QUIET } from "./limits.ts";

/**
 * The same pieces, when the first of them is there, or after a moment in which none came. What fails before that is thrown
 * here: so it can be answered as an error, and not as a stream that breaks off.
 */
export async function beginStream<T>(source: AsyncIterable<T>, quietMs = QUIET): Promise<AsyncIterable<T>> {
  const pieces = source[Symbol.asyncIterator]();
  const first = pieces.next();
  const { promise: quiet, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, quietMs);
  try {
    await Promise.race([first, quiet]);
  } finally {
    clearTimeout(timer);
  }
  return goOn(first, pieces);
}

async function* goOn<T>(first: Promise<IteratorResult<T>>, pieces: AsyncIterator<T>): AsyncGenerator<T, void> {
  let open = true;
  try {
    for (let step = await first; step.done !== true; step = await pieces.next()) yield step.value;
    open = false;
  } finally {
    // Not waited for: one that hangs is ended by its signal.
    if (open) pieces.return?.().catch(() => undefined);
  }
}
