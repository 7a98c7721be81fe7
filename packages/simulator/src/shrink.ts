import { type Faults, NO_FAULTS } from "./faults.ts";
import type { Report } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulate.ts";

/** A way to run a scenario. */
export type Runner = (scenario: Scenario) => Report | Promise<Report>;

/** The smallest scenario found that still violates the same invariant first; itself when it violates none. */
export async function shrink(scenario: Scenario, run: Runner = simulate): Promise<Report> {
  let smallest = await run(scenario);
  const wrong = smallest.violations[0]?.invariant;
  if (wrong === undefined) return smallest;
  for (;;) {
    const smaller = await firstThatFails(smallest.scenario, wrong, run);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

async function firstThatFails(scenario: Scenario, wrong: string, run: Runner): Promise<Report | undefined> {
  for (const smaller of smallerThan(scenario)) {
    const report = await run(smaller);
    if (report.violations[0]?.invariant === wrong) return report;
  }
  return undefined;
}

/** With one thing less each: a doing, a kind of fault, a bad image, a group, a policy, some of the members or the time. */
function* smallerThan(scenario: Scenario): Generator<Scenario> {
  const { doings, faults, ailments, room, managers, groups, calmAfter } = scenario;
  for (const doing of doings) yield { ...scenario, doings: doings.filter((each) => each !== doing) };
  for (const kind of kindsOf(faults)) if (faults[kind] > 0) yield { ...scenario, faults: { ...faults, [kind]: 0 } };
  for (const image of Object.keys(ailments)) yield { ...scenario, ailments: without(ailments, image) };
  if (room !== null) yield { ...scenario, room: null };
  if (managers > 1) yield { ...scenario, managers: managers - 1 };
  for (const name of Object.keys(groups)) {
    const { [name]: group, ...others } = groups;
    if (group === undefined) continue;
    if (Object.keys(others).length > 0) {
      yield { ...scenario, groups: others, doings: doings.filter((doing) => doing.group !== name) };
    }
    const size = typeof group.size === "number" ? Math.max(0, group.size - 1) : group.size.slice(1);
    const isSmaller = typeof size === "number" ? size !== group.size : size.length > 0;
    for (const key of Object.keys(group.rollout)) {
      yield { ...scenario, groups: { ...groups, [name]: { ...group, rollout: without(group.rollout, key) } } };
    }
    for (const key of Object.keys(group.repair)) {
      yield { ...scenario, groups: { ...groups, [name]: { ...group, repair: without(group.repair, key) } } };
    }
    if (isSmaller) yield { ...scenario, groups: { ...groups, [name]: { ...group, size } } };
  }
  const last = Math.max(0, ...doings.map(({ at }) => at));
  if (calmAfter / 2 > last && calmAfter > 1_000) yield { ...scenario, calmAfter: Math.floor(calmAfter / 2) };
}

function without<T extends object>(all: T, key: string): T {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== key)) as T;
}

function kindsOf(faults: Faults): readonly (keyof Faults)[] {
  return (Object.keys(NO_FAULTS) as (keyof Faults)[]).filter((kind) => kind in faults);
}
