import type { Goal } from "@muster/engine";
import { type GroupDeclaration, ownOf, type Stack } from "@muster/model";
import { type Declaration, type Steering, UNSTEERED } from "@muster/store";
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
  const { groups, providers, mode } = grammar.stackOf(declaration.document);
  const assignments = Object.values(groups).map((group): [string, Assignment] => [
    group.name,
    {
      stack: declaration.stack,
      generation: declaration.generation,
      goal: goalOf(mode, steeringOf(declaration, group.name)),
      dialect: declaration.document.dialect,
      group,
      former: formerOf(declaration, group.name, grammar),
      steered: steeringOf(declaration, group.name),
      settings: (type) => settingsFor(type, providers, given),
    },
  ]);
  return new Map(assignments);
}

export function steeringOf({ steering }: Declaration, group: string): Steering {
  return ownOf(steering, group) ?? UNSTEERED;
}

/** Who only observes destroys nothing either. */
function goalOf(mode: Stack["mode"], { goal }: Steering): Goal {
  return mode === "observe" ? "observe" : GOALS[goal];
}

function formerOf(
  { former }: Declaration,
  group: string,
  grammar: Pick<Grammar, "stackOf">,
): GroupDeclaration | undefined {
  const document = ownOf(former, group);
  return document && ownOf(grammar.stackOf(document).groups, group);
}
