import { messageOf } from "@muster/model";
import type { Store } from "@muster/store";
import type { Readiness } from "./api.ts";
import type { Stacks } from "./stacks.ts";

/** Ready: started, the store can be reached, and every group was looked at once. */
export async function readinessOf(begun: boolean, stacks: Stacks, store: Store): Promise<Readiness> {
  if (!begun) return { ready: false, reason: "it is starting" };
  try {
    await store.declarations();
  } catch (thrown) {
    return { ready: false, reason: messageOf(thrown) };
  }
  const unseen = stacks.all().flatMap((keeper) => keeper.groups().filter(({ status }) => status === undefined));
  if (unseen.length === 0) return { ready: true };
  const names = unseen.map(({ stack, name }) => `${stack}/${name}`);
  return { ready: false, reason: `not looked at yet: ${names.join(", ")}` };
}
