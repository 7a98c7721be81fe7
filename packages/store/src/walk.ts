/** Goes along the chain of one stack, page by page, from what was dropped of it to its head. */
import type { Event } from "@muster/model";
import { type BrokenLink, GENESIS, type Head, verifyLinks } from "./chain.ts";
import type { Checkpoint, Store } from "./contract.ts";
import { pages } from "./pages.ts";

export interface WalkedPage {
  /** They hold. */
  readonly events: readonly Event[];
  /** What comes after them does not; it is the end of the walk. */
  readonly broken?: BrokenLink;
}

export async function* walk(
  store: Pick<Store, "links">,
  stack: string,
  from: Checkpoint | undefined,
): AsyncGenerator<WalkedPage, void> {
  let head: Head = from ?? GENESIS;
  for await (const links of pages((after, limit) => store.links(stack, after, limit))) {
    const page = verifyLinks(links, head);
    yield page;
    if (page.broken !== undefined) return;
    head = page.events.at(-1) ?? head;
  }
}

/**
 * Does something that begins at the checkpoint of a stack, and does it again when it found the chain broken and somebody
 * has dropped a part of it meanwhile: what was on its way there is gone then, and nothing is wrong.
 */
export async function fromCheckpoint<T extends { readonly broken?: BrokenLink }>(
  store: Pick<Store, "checkpoint">,
  stack: string,
  attempt: (from: Checkpoint | undefined) => Promise<T>,
): Promise<T> {
  for (;;) {
    const from = await store.checkpoint(stack);
    const result = await attempt(from);
    if (result.broken === undefined) return result;
    if ((await store.checkpoint(stack))?.seq === from?.seq) return result;
  }
}
