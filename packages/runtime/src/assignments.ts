import type { Declaration } from "@muster/store";
import type { Assignment } from "./bind.ts";
import type { Grammar } from "./ports.ts";
import { type GivenSettings, settingsFor } from "./providers.ts";

const GOALS = { kept: "keep", paused: "pause", destroying: "destroy" } as const;

/** What each group of a declaration is to be, by name. */
export function assignmentsOf(
  declaration: Declaration,
  grammar: Pick<Grammar, "stackOf">,
  given: GivenSettings,
): ReadonlyMap<string, Assignment> {
  const { groups, providers } = grammar.stackOf(declaration.document);
  const assignments = Object.values(groups).map((group): [string, Assignment] => [
    group.name,
    {
      stack: declaration.stack,
      generation: declaration.generation,
      goal: GOALS[declaration.steering[group.name] ?? "kept"],
      dialect: declaration.document.dialect,
      group,
      settings: (type) => settingsFor(type, providers, given),
    },
  ]);
  return new Map(assignments);
}
