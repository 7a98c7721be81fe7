import { messageOf } from "@muster/model";
import { withDeadline } from "./deadline.ts";
import type { Clock } from "./ports.ts";

/**
 * Resolves when nobody is sent to the member any more; or never, if the signal comes first. Undefined where nobody ever was.
 */
export type Withdrawn = (instance: string, signal: AbortSignal) => Promise<void> | undefined;

/** `forced`: why it was not waited for any longer. */
export interface Withdrawal {
  readonly forced: string | undefined;
}

/**
 * Waits until nobody is sent to the member any more. Whoever is to tell others of it and does not must not hold it up for
 * ever. Undefined where there was nobody to wait for.
 */
export async function withdraw(
  instance: string,
  withdrawn: Withdrawn | undefined,
  ms: number,
  clock: Clock,
): Promise<Withdrawal | undefined> {
  const over = new AbortController();
  const gone = withdrawn?.(instance, over.signal);
  if (gone === undefined) return undefined;
  try {
    await withDeadline(gone, ms, clock, `${instance} was not taken out of what sends work to it`);
    return { forced: undefined };
  } catch (thrown) {
    return { forced: messageOf(thrown) };
  } finally {
    over.abort();
  }
}
