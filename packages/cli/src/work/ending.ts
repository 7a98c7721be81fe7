const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a shell reports of a process that Ctrl-C has ended. */
const FORCED = 130;

/** What is said when a process that keeps something is asked to end. */
export const ENDING = "Ending: what is in flight is finished first. (Ctrl-C again ends at once.)";

/** The wish that a long-running command ends. */
export interface Ending {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly asked: AbortSignal;
  /** Signals do again what they do by themselves. */
  forget(): void;
}

/**
 * Listens for the wish to end. Whoever wishes it a second time does not want to wait: the process ends at once, unless told
 * otherwise.
 *
 * @param again what a second wish does
 */
export function listenForEnd(again: () => void = () => process.exit(FORCED)): Ending {
  const asked = new AbortController();
  const end = () => {
    if (asked.signal.aborted) again();
    else asked.abort();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return {
    asked: asked.signal,
    forget() {
      for (const signal of SIGNALS) process.off(signal, end);
    },
  };
}

/** Resolves when one of the signals is aborted. */
export function untilAborted(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (any.aborted) return Promise.resolve();
  return new Promise((resolve) => any.addEventListener("abort", () => resolve(), { once: true }));
}
