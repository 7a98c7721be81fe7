/** Looks on until something becomes of what runs. */
import type { Observed, Tags } from "@muster/model";
import type { TaggedProvider } from "@muster/plugin";

/** Why it is looked at no longer. */
export type Outcome =
  /** It was asked to end, and runs still. */
  | { readonly kind: "asked" }
  /** It was only to be tried, and is ready. */
  | { readonly kind: "ready" }
  | { readonly kind: "ended"; readonly reason: string }
  /** It was only to be tried, and has had its time. */
  | { readonly kind: "late"; readonly reason: string };

export interface Attending {
  readonly asked: AbortSignal;
  /** It is only to be tried: so long it may take to be ready, in milliseconds. */
  readonly withinMs?: number;
  onReady(): void;
}

/** Providers give hints; where one is lost, it is looked all the same. Milliseconds. */
const REST_MS = 1_000;
const GONE = "it is gone, and nobody here has ended it";

/** @param tags which only the one that is looked at bears */
export async function attend(
  provider: Pick<TaggedProvider, "list" | "watch">,
  tags: Tags,
  { asked, withinMs, onReady }: Attending,
): Promise<Outcome> {
  const over = new AbortController();
  const ctx = { signal: over.signal };
  const late = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs);
  const wake = waker();
  provider.watch?.(wake.up, over.signal);
  for (const signal of [asked, late]) signal?.addEventListener("abort", wake.up, { signal: over.signal });
  let wasReady = false;
  try {
    for (;;) {
      if (asked.aborted) return { kind: "asked" };
      const awake = wake.next(REST_MS);
      const found = await oneOf(provider, tags, ctx);
      if (found === undefined) return { kind: "ended", reason: GONE };
      if (found.phase === "ended") return { kind: "ended", reason: found.reason ?? "nobody has told how" };
      if (found.phase === "running" && !wasReady) {
        wasReady = true;
        onReady();
        if (late !== undefined) return { kind: "ready" };
      }
      if (late?.aborted) return { kind: "late", reason: found.reason ?? "nobody has told why" };
      await awake;
    }
  } finally {
    over.abort();
    wake.up();
  }
}

async function oneOf(
  provider: Pick<TaggedProvider, "list">,
  tags: Tags,
  ctx: { readonly signal: AbortSignal },
): Promise<Observed | undefined> {
  for await (const [found] of provider.list(tags, ctx)) if (found !== undefined) return found;
  return undefined;
}

/** A hint that comes during a look counts for the next one. */
function waker() {
  let up: () => void = () => undefined;
  return {
    up: () => up(),
    /** Resolves at the next hint, or after a while. */
    next(ms: number): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        up = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
