/** Lists of any length: complete, or an error. */
import { ProviderError } from "@muster/plugin";
import { z } from "zod";
import type { Link } from "./ask.ts";
import type { Request } from "./connection.ts";
import { failureOf } from "./failure.ts";

/** As many as the API gives at once. */
const PER_PAGE = 200;
/** So often is a list begun anew when it changed while it was read. */
const TRIES = 3;
/** A list of more pages is no list any more, but one that never ends. */
const MOST_PAGES = 500;

const paging = z.object({
  links: z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
  meta: z.object({ total: z.number() }),
});

/** How a page of such a list is read. */
export interface Listing<P, T> {
  readonly form: z.ZodType<P>;
  readonly items: (page: P) => readonly T[];
  readonly id: (item: T) => string | number;
}

type Asked = Omit<Request, "method" | "body">;

/**
 * All of a list, page by page. Where something is taken out of it between two pages, what stood first on the next one moves
 * to the one before, and nobody sees it: so a list is read again when it grew shorter meanwhile.
 *
 * @throws ProviderError `retryable` when it never stood still
 */
export async function listed<P, T>(link: Link, asked: Asked, listing: Listing<P, T>): Promise<readonly T[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const all = await readThrough(link, asked, listing);
    if (all !== undefined) return all;
  }
  throw new ProviderError("retryable", `${asked.failing}: the list changed each time while it was read`);
}

/** Undefined where something may be missing. */
async function readThrough<P, T>(link: Link, asked: Asked, listing: Listing<P, T>): Promise<readonly T[] | undefined> {
  const form = z.intersection(listing.form, paging);
  const found = new Map<string | number, T>();
  let most = 0;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { ...asked.query, page, per_page: PER_PAGE };
    const answer = await link.ask({ ...asked, method: "GET", query }, form);
    if (answer.kind === "refused") throw failureOf(answer);
    const { meta, links } = answer.value;
    for (const item of listing.items(answer.value)) found.set(listing.id(item), item);
    if (meta.total < most) return undefined;
    most = meta.total;
    // Where the next page is said to be is not where the token is sent.
    if (!links?.pages?.next) return found.size < most ? undefined : [...found.values()];
  }
  throw new ProviderError("retryable", `${asked.failing}: it has more than ${MOST_PAGES} pages`);
}
