import { type GoodLook, type Memory, type Seen, whyIrreplaceable, whyNotAside } from "@muster/engine";
import type { Provider, Tool } from "@muster/plugin";
import { type BoundGroup, isExclusive } from "./bind.ts";
import type { Clock } from "./ports.ts";

/** A member that a look showed and that is ours: nobody else's thing is ever asked for anything. */
export interface Reached {
  readonly seen: Seen;
  readonly type: string;
  /** What can be done to it with `provider.tool`. */
  readonly tools: readonly Tool[];
  /** The one it was seen through: in another scope its id may be somebody else's. */
  readonly provider: Provider;
  /** Why it cannot be replaced as things stand; undefined where it can. */
  whyIrreplaceable(): string | undefined;
  /** Why it cannot be set aside at all; and why not as things stand. Undefined where it can. */
  whyNeverAside(): string | undefined;
  whyNotAside(): string | undefined;
}

export function reachIn(
  bound: BoundGroup,
  look: GoodLook,
  memory: Memory,
  id: string,
  clock: Clock,
): Reached | undefined {
  const { type, provider } = bound;
  const seen = look.members.find((member) => member.id === id);
  if (seen === undefined) return undefined;
  const known = () => ({ ...bound, look, memory, now: clock.now() });
  return {
    ...{ seen, type: type.name, provider },
    tools: provider.tool === undefined ? [] : (type.tools ?? []),
    whyNeverAside: () => whyNeverAside(bound),
    whyNotAside: () => whyNotAside(known(), id),
    whyIrreplaceable: () => whyIrreplaceable(known(), id),
  };
}

function whyNeverAside({ declared, assignment, type }: BoundGroup): string | undefined {
  if (declared.slots.kind === "named") return "no other member may bear its name while it is there";
  return isExclusive(assignment, type) ? "no other member can hold what it holds while it is there" : undefined;
}
