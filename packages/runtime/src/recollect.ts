import { type Memory, memoryFrom } from "@muster/engine";
import { MusterError } from "@muster/model";
import type { Store } from "@muster/store";

/** What is remembered of a group; or why it cannot be read (`store.damaged`), which must not hold up the others. */
export async function recollect(
  store: Pick<Store, "memory">,
  stack: string,
  group: string,
): Promise<Memory | MusterError> {
  try {
    return memoryFrom(await store.memory(stack, group), `${stack}/${group}`);
  } catch (thrown) {
    if (thrown instanceof MusterError && thrown.code === "store.damaged") return thrown;
    throw thrown;
  }
}
