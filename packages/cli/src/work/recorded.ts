/** What is written down, read from the store itself: whether a Muster runs or not. */
import { existsSync } from "node:fs";
import { didYouMean, MusterError, nearest } from "@muster/model";
import { type GroupName, openSqliteStore, type Store, storePath } from "@muster/store";
import type { Environment } from "../cli.ts";

/** Works with the store, and closes it. Throws `store.missing`: none is made by looking. */
export async function withStore<T>(env: Environment, work: (store: Store) => Promise<T>): Promise<T> {
  const path = storePath(env);
  if (!existsSync(path)) throw new MusterError("store.missing", { path });
  const store = openSqliteStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Finds `NAME` or `STACK/NAME` among the groups that the history tells of; there is an index of their names, so that no
 * event is read for it. Throws `history.no-group`, and `group.ambiguous` where several stacks have such a group.
 */
export async function recordedGroup(store: Store, wanted: string, inStack: string | undefined): Promise<GroupName> {
  if (inStack !== undefined) await confirmStack(store, inStack);
  const groups = (await store.groups()).filter(({ stack }) => inStack === undefined || stack === inStack);
  const found = groups.filter(({ stack, group }) => wanted === group || wanted === `${stack}/${group}`);
  const [first, ...others] = found;
  if (first === undefined) {
    const names = groups.flatMap(({ stack, group }) => [group, `${stack}/${group}`]);
    throw new MusterError("history.no-group", { group: wanted, nearest: didYouMean(nearest(wanted, names)) });
  }
  if (others.length === 0) return first;
  throw new MusterError("group.ambiguous", { group: wanted, stacks: found.map(({ stack }) => stack).join(", ") });
}

/** The stacks that the history tells of; with a name, that one. Throws `history.no-stack`. */
export async function recordedStacks(store: Store, wanted: string | undefined): Promise<readonly string[]> {
  if (wanted === undefined) return store.stacks();
  await confirmStack(store, wanted);
  return [wanted];
}

async function confirmStack(store: Store, stack: string): Promise<void> {
  const stacks = await store.stacks();
  if (stacks.includes(stack)) return;
  throw new MusterError("history.no-stack", { stack, nearest: didYouMean(nearest(stack, stacks)) });
}
