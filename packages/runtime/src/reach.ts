import { type GoodLook, type Memory, type Seen, whyIrreplaceable } from "@muster/engine";
import type { Provider } from "@muster/plugin";
import type { BoundGroup } from "./bind.ts";
import type { Clock } from "./ports.ts";

/** A member that a look showed and that is ours: nobody else's thing is ever asked for anything. */
export interface Reached {
  readonly seen: Seen;
  readonly type: string;
  /** The one it was seen through: in another scope its id may be somebody else's. */
  readonly provider: Provider;
  /** Why it cannot be replaced as things stand; undefined where it can. */
  whyIrreplaceable(): string | undefined;
}

export function reachIn(
  { declared, traits, type, provider }: BoundGroup,
  look: GoodLook,
  memory: Memory,
  id: string,
  clock: Clock,
): Reached | undefined {
  const seen = look.members.find((member) => member.id === id);
  if (seen === undefined) return undefined;
  return {
    ...{ seen, type: type.name, provider },
    whyIrreplaceable: () => whyIrreplaceable(declared, traits, look, memory, id, clock.now()),
  };
}
