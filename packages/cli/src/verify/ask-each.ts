/** Checks that are of somebody are asked of whom they are of; all of one whom together. */
import {
  ask,
  atOnce,
  type Result,
  type Surroundings,
  type Target,
  targetOf,
  type Verifying,
  type Whom,
  whyLetGo,
} from "@muster/checks";
import type { CheckToAsk } from "@muster/daemon";
import { unaskedOf } from "./derived.ts";

export interface EachAsked extends Omit<Verifying, "retryForMs" | "pause" | "beside" | "hear"> {
  /** Whom those are asked of that are of nobody in particular. */
  readonly targets: readonly Target[];
  readonly surroundings: Surroundings;
}

/** Of so many the insides are asked at once. */
const AT_ONCE = 16;

/** The results stand in the order of the checks. What nobody has told by the signal is unknown, and why. */
export async function askEach(checks: readonly CheckToAsk[], how: EachAsked): Promise<readonly Result[]> {
  const found = new Map<CheckToAsk, readonly Result[]>();
  const jobs = [...Map.groupBy(checks, ({ whom }) => keyOf(whom)).values()].map((together) => async () => {
    const [first] = together;
    const whom = first?.whom;
    const targets = whom === undefined ? how.targets : [targetOf(whom, how.surroundings)];
    const byCheck = new Map(together.map((each) => [each.check, each]));
    await ask(
      together.map(({ check }) => check),
      { ...how, targets, hear: (check, results) => note(byCheck.get(check), results) },
    );
  });
  const note = (of: CheckToAsk | undefined, results: readonly Result[]) => of && found.set(of, results);
  await atOnce(jobs, AT_ONCE, how.signal);
  return checks.flatMap((each) => found.get(each) ?? unaskedOf(each.check, whyLetGo(how.signal)));
}

/** Whatever is asked of this machine is asked in one go, and what nobody can be asked for one reason too. */
function keyOf(whom: Whom | undefined): unknown {
  return whom?.kind === "inside" ? whom : JSON.stringify(whom ?? null);
}
