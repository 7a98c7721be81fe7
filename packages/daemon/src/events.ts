import { type EventQuery, type JournalEntry, pages, type Store } from "@muster/store";

/** Another process may write to the same store, and says nothing here: so often it is asked, in milliseconds. */
const ASK_MS = 1_000;

/** Wakes those who follow the history. */
export interface Bell {
  ring(): void;
  /** Resolves when the bell rings, after a second, or with the signal. */
  heard(signal: AbortSignal): Promise<void>;
}

export function newBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of [...waiting]) wake();
    },
    heard(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ASK_MS);
      waiting.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(resolve);
      });
    },
  };
}

/** The entries in order, oldest first; with `last`, only so many of the newest. */
export async function pastEvents(
  store: Store,
  query: EventQuery,
  last: number | undefined,
): Promise<readonly JournalEntry[]> {
  if (last === undefined) return store.events(query);
  return (await store.events({ ...query, limit: last, newestFirst: true })).toReversed();
}

/** All of them up to a place, a page at a time, oldest first. */
export async function* pagesUpTo(store: Store, query: EventQuery, place: number): AsyncGenerator<JournalEntry, void> {
  const read = (after: number, limit: number) => store.events({ ...query, after, before: place + 1, limit });
  for await (const page of pages(read, query.after)) yield* page;
}

/** What is written after a place, and goes on until the signal. */
export async function* futureEvents(
  store: Store,
  query: EventQuery,
  after: number,
  bell: Bell,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry, void> {
  let place = after;
  while (!signal.aborted) {
    // Listened for before it is asked: what is written in between rings too.
    const listening = new AbortController();
    const heard = bell.heard(AbortSignal.any([signal, listening.signal]));
    const newest = await newestPlace(store);
    yield* pagesUpTo(store, { ...query, after: place }, newest);
    // Also past what was not asked for, or it would be gone through again each time.
    if (newest > place) listening.abort();
    place = Math.max(place, newest);
    await heard;
  }
}

/** The newest place there is; 0 when nothing was written yet. */
export async function newestPlace(store: Store): Promise<number> {
  const [newest] = await store.events({ limit: 1, newestFirst: true });
  return newest?.place ?? 0;
}
