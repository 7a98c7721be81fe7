/** A history in the store of a house, written as Muster writes it. */
import type { Event, EventDraft } from "@muster/model";
import { isAlive, openSqliteStore, type Store, storePath, thisProcess } from "@muster/store";
import type { House } from "./house.ts";

export async function withStoreOf<T>(house: House, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(storePath(house.env));
  return work(store).finally(() => store.close());
}

/** Writes events of one time, and gives the lease back. */
export function record(
  house: House,
  at: number,
  drafts: readonly EventDraft[],
  stack = "shop",
): Promise<readonly Event[]> {
  return withStoreOf(house, async (store) => {
    const lease = await store.acquire(stack, thisProcess("", "test"), isAlive);
    const events = await store.write(lease, { events: drafts }, at);
    await store.release(lease);
    return events;
  });
}

export const draft = (type: EventDraft["type"], message: string, more: Partial<EventDraft> = {}): EventDraft => ({
  ...{ type, group: "web", actor: "muster", cause: "corrective", message },
  ...more,
});

export const declared = (size: number, before?: number): EventDraft => {
  const summary = (count: number) => ({ size: count, template: { "instance-file": {} }, flavor: { vanilla: {} } });
  return draft("group.committed", before === undefined ? "declared" : "declared anew", {
    ...{ actor: "user:ann", cause: "intentional", after: summary(size) },
    ...(before === undefined ? {} : { before: summary(before) }),
  });
};

export const created = (instance: string): EventDraft =>
  draft("instance.created", `created ${instance} (missing)`, { instance, slot: "0", after: { revision: "r1" } });

export const gone = (instance: string): EventDraft =>
  draft("instance.vanished", `${instance} is gone, and nobody here destroyed it`, { instance });
