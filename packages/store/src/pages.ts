import { EVENTS_PER_PAGE } from "./contract.ts";

/** Page after page of what lies at places, in their order, until one is not full: no more than one is held at a time. */
export async function* pages<T extends { readonly place: number }>(
  read: (after: number, limit: number) => Promise<readonly T[]>,
  after = 0,
): AsyncGenerator<readonly T[], void> {
  for (let place = after; ; ) {
    const page = await read(place, EVENTS_PER_PAGE);
    yield page;
    if (page.length < EVENTS_PER_PAGE) return;
    place = page.at(-1)?.place ?? place;
  }
}
