/** One round: every check is asked, of whom it is to be asked, and all of one whom together. */
import type { Whom } from "@muster/checks";
import { type Address, type Json, messageOf, type ResolvedCheck, resolveCheck, type Verdict } from "@muster/model";
import type { Watched } from "./declared.ts";
import { verdictsOf } from "./verdict.ts";
import { type AskChecks, HERE } from "./whom.ts";

/** The resources of the stack, as they were seen last. */
export interface Things {
  /** Whom the checks of a resource are asked of; a text says why nobody is. */
  whomOf(address: Address): Promise<Whom | string>;
  /** Undefined: it is not known, or nobody may see it. */
  valueOf(address: Address, property: string): Json | undefined;
}

/** Whose insides are asked at once, at most. */
const AT_ONCE = 8;

export async function askAll(
  all: readonly Watched[],
  things: Things,
  ask: AskChecks,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const asked = new Map<string, { readonly whom: Whom; readonly watched: Watched[] }>();
  for (const [address, watched] of Map.groupBy(all, ({ resource }) => resource)) {
    const whom = address === undefined ? HERE : await whomAt(things, address);
    if (typeof whom === "string") {
      for (const { key } of watched) verdicts.set(key, { kind: "unknown", reason: whom });
      continue;
    }
    // Whatever is asked of this machine is asked in one go.
    const word = whom.kind === "inside" ? `inside ${address}` : JSON.stringify(whom);
    const together = asked.get(word) ?? { whom, watched: [] };
    together.watched.push(...watched);
    asked.set(word, together);
  }
  const queue = asked.values();
  const worker = async () => {
    for (const { whom, watched } of queue) {
      const resolved = watched.map((each) => resolvedOf(each, things));
      const answers = await verdictsOf(resolved, whom, ask, signal);
      for (const [index, { key }] of watched.entries()) {
        const verdict = answers[index];
        if (verdict !== undefined) verdicts.set(key, verdict);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return verdicts;
}

/** A text says why nobody is asked. */
export async function whomAt(things: Things, address: Address): Promise<Whom | string> {
  try {
    return await things.whomOf(address);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** In the words of whom it is of, as those were seen. */
export function resolvedOf({ check, resource }: Watched, things: Things): ResolvedCheck {
  return resolveCheck(check, (reference) => {
    if (reference.of === "resource") return things.valueOf(reference.address, reference.property);
    return resource === undefined ? undefined : things.valueOf(resource, reference.word);
  });
}
