/** Whether anything was done to the world since a moment: the history tells. */
import type { EventType } from "@muster/model";
import type { Api } from "../client/api.ts";

/** What stands there when something was made, changed or taken away. */
const DONE: readonly EventType[] = [
  "instance.created",
  "instance.updated",
  "instance.destroyed",
  "resource.created",
  "resource.adopted",
  "resource.changed",
  "resource.replaced",
  "resource.destroyed",
  "resource.ran",
  "resource.refreshed",
];

/** Whether it tells of something that was made, changed or taken away. */
export function isDone({ type }: { readonly type: EventType }): boolean {
  return DONE.includes(type);
}

/** A place in the history of a stack. */
export interface Moment {
  readonly api: Api;
  readonly stack: string;
  /** Undefined: it has none yet. */
  readonly place: number | undefined;
}

export async function momentNow(api: Api, stack: string): Promise<Moment> {
  for await (const { place } of api.events({ stack, last: 1 }, new AbortController().signal))
    return { api, stack, place };
  return { api, stack, place: undefined };
}

/** False also where nobody can be asked any more. */
export async function isChangedSince({ api, stack, place }: Moment): Promise<boolean> {
  const query = { stack, type: DONE.join(","), limit: 1, ...(place === undefined ? {} : { after: place }) };
  try {
    for await (const _ of api.events(query, new AbortController().signal)) return true;
  } catch {
    // Whoever kept it is gone: what the command has failed with says so.
  }
  return false;
}
