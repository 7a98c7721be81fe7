/** What can be done to a cow to find out about it: a provider's tools, in memory. */
import type { Observed } from "@muster/model";
import { type Provider, ProviderError, type Tool } from "../contract.ts";
import { confirmThere, type Voices } from "./moo.ts";

export const VET_TOOLS = [
  "pause",
  "continue",
  "stats",
  "trace",
  "link",
  "snapshot",
  "restore",
] as const satisfies Tool[];

/** @param set puts a cow there as it is given. */
export function vet(
  things: ReadonlyMap<string, Observed>,
  { say, logs }: Pick<Voices, "say" | "logs">,
  set: (id: string, thing: Observed) => void,
): NonNullable<Provider["tool"]> {
  const kept = new Map<string, Observed>();

  return async function* (id, { tool, argument = "" }, ctx) {
    const cow = confirmThere(things, id);
    switch (tool) {
      case "pause":
        set(id, { ...cow, reason: "it is paused" });
        return;
      case "continue": {
        const { reason: _, ...awake } = cow;
        set(id, awake);
        return;
      }
      case "stats":
        yield Buffer.from(`${JSON.stringify({ weight: cow.properties["weight"] ?? 0 })}\n`);
        return;
      case "trace":
        // From now on: what it says is all that goes over its network.
        yield* logs(id, { follow: true, lines: 0 }, ctx);
        return;
      case "link":
        say(id, `the gate is ${argument}`);
        return;
      case "snapshot":
        kept.set(`${id} ${argument}`, cow);
        return;
      case "restore": {
        const before = kept.get(`${id} ${argument}`);
        if (before === undefined) throw new ProviderError("invalid", `${id} was never kept as ${argument}`);
        set(id, before);
        return;
      }
      case "core":
      case "gdb":
        throw new ProviderError("invalid", `a vet has no ${tool}`);
    }
  };
}
