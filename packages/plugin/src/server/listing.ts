import type { Observed, Tags } from "@muster/model";
import type { Ctx, Io, Provider } from "../contract.ts";
import { ProviderError } from "../contract.ts";
import { PAGE_BYTES, PAGE_ITEMS } from "../wire/limits.ts";

export interface Page {
  readonly items: readonly Observed[];
  /** Where to read on; missing at the end. */
  readonly next?: string;
}

export interface Listings {
  /** @param by of a claimed type nothing can be asked for in particular */
  first(provider: Provider, by: Tags, ctx: Ctx): Promise<Page>;
  next(cursor: string, ctx: Ctx): Promise<Page>;
}

interface Running {
  readonly cuts: AsyncIterator<Cut, undefined>;
  readonly giveUp: AbortController;
}

/** Lists that nobody reads on are dropped when there are more than so many; their readers have to begin again. */
const MOST = 32;

/** Lists that are read page by page. A cursor is good once, so that a page that got lost is not passed over unseen. */
export function listings(io: Io): Listings {
  const running = new Map<string, Running>();

  async function read(list: Running, { signal }: Ctx): Promise<Page> {
    const giveUp = () => list.giveUp.abort();
    signal.addEventListener("abort", giveUp, { once: true });
    const { value } = await list.cuts.next();
    signal.removeEventListener("abort", giveUp);
    if (value === undefined || value.last) return { items: value?.items ?? [] };
    const next = Buffer.from(io.randomBytes(16)).toString("hex");
    running.set(next, list);
    dropOldest(running);
    return { items: value.items, next };
  }

  return {
    first(provider, by, ctx) {
      const giveUp = new AbortController();
      const pages = listOf(provider, by, { signal: giveUp.signal });
      return read({ cuts: cutToFit(pages), giveUp }, ctx);
    },
    next(cursor, ctx) {
      const list = running.get(cursor);
      running.delete(cursor);
      if (list === undefined) throw new ProviderError("retryable", "this list cannot be read on; begin again");
      return read(list, ctx);
    },
  };
}

async function* listOf(provider: Provider, by: Tags, ctx: Ctx): AsyncGenerator<readonly Observed[]> {
  if (provider.known === "tags") yield* provider.list(by, ctx);
  else yield* provider.list?.(ctx) ?? [];
}

function dropOldest(running: Map<string, Running>): void {
  const [oldest] = running;
  if (running.size <= MOST || oldest === undefined) return;
  running.delete(oldest[0]);
  oldest[1].giveUp.abort();
}

interface Cut {
  readonly items: readonly Observed[];
  readonly last: boolean;
}

/** The provider's pages cut anew to a size that fits an answer. */
async function* cutToFit(pages: AsyncIterable<readonly Observed[]>): AsyncGenerator<Cut, undefined> {
  let items: Observed[] = [];
  let bytes = 0;
  for await (const page of pages) {
    for (const item of page) {
      const size = Buffer.byteLength(JSON.stringify(item));
      if (items.length > 0 && (items.length >= PAGE_ITEMS || bytes + size > PAGE_BYTES)) {
        yield { items, last: false };
        items = [];
        bytes = 0;
      }
      items.push(item);
      bytes += size;
    }
  }
  yield { items, last: true };
}
