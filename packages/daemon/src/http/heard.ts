/** What has come over the socket: whoever ends by itself can tell whether somebody still waits for it. */

export interface Heard {
  /** How often something was to be applied or destroyed. */
  readonly applied: number;
  /** So many of these are not answered yet. */
  readonly open: number;
  /** When anything was asked last, in milliseconds of `now`; 0: never. */
  readonly askedAt: number;
}

export interface Ear {
  heard(): Heard;
  /** Somebody asks something. */
  asked(): void;
  /** Something is applied or destroyed for somebody. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** @param now a clock in milliseconds */
export function newEar(now: () => number): Ear {
  let [applied, open, askedAt] = [0, 0, 0];
  return {
    heard: () => ({ applied, open, askedAt }),
    asked() {
      askedAt = now();
    },
    async during(work) {
      applied++;
      open++;
      try {
        return await work();
      } finally {
        open--;
        askedAt = now();
      }
    },
  };
}
