import { reconcile, type Situation } from "@muster/engine";
import { type Doing, type Report, type Scenario, scenarioOf, simulate, simulateEngine } from "@muster/simulator";
import { median, type Row, round } from "./table.ts";

const MEMBERS = 10;
const SEEDS = 120;
/** The code is compiled while it runs: the first rounds are slower than all that come after, and do not count. */
const WARM_UP = 8;
const ROUNDS = 7;
/** 50,000 decisions a second. */
const MOST_MICROSECONDS = 20;

/**
 * What one decision of the engine costs in the simulator: the look before it, whatever is written and called after it, the
 * faults, and the invariants after every step; beside the bare decision in the same situations.
 */
export async function simulating(): Promise<readonly Row[]> {
  const scenarios = Array.from({ length: SEEDS }, (_, index) => ofTen(scenarioOf(String(index + 1))));
  const ours = await driving(scenarios, "in the simulator", simulate);
  const theirs = await driving(scenarios, "of the engine driven alone", simulateEngine);
  return [ours, theirs];
}

type Drive = (scenario: Scenario, options: { readonly decide: typeof reconcile }) => Report | Promise<Report>;

async function driving(scenarios: readonly Scenario[], where: string, drive: Drive): Promise<Row> {
  const situations: Situation[] = [];
  await runAll(drive, scenarios, (situation) => {
    situations.push(situation);
    return reconcile(situation);
  });
  const simulated: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    let start = performance.now();
    await runAll(drive, scenarios, reconcile);
    simulated.push(performance.now() - start);
    start = performance.now();
    for (const situation of situations) reconcile(situation);
    bare.push(performance.now() - start);
  }
  const [ours, theirs] = [simulated, bare].map((all) => (median(all.slice(WARM_UP)) * 1_000) / situations.length);
  if (ours === undefined || theirs === undefined) throw new Error("nothing was measured");
  return {
    what: `a decision ${where}, ${MEMBERS} members, ${situations.length} decisions over ${SEEDS} seeds`,
    ours: `${round(ours)} µs: ${perSecond(ours)} decisions/s`,
    compared: `\`reconcile\` in the same situations: ${round(theirs)} µs, ${round(ours / theirs)} times less`,
    figure: ours,
    bound: MOST_MICROSECONDS,
    unit: "µs",
  };
}

/** A run that breaks off at a violation would be measured as a short one: none may. */
async function runAll(drive: Drive, scenarios: readonly Scenario[], decide: typeof reconcile): Promise<void> {
  for (const scenario of scenarios) {
    const { violations } = await drive(scenario, { decide });
    const [first] = violations;
    if (first !== undefined) throw new Error(`seed ${scenario.seed}: ${first.invariant}: ${first.detail}`);
  }
}

/** The seed's scenario with one group that has ten members from the beginning to the end: its faults, people and times. */
function ofTen(scenario: Scenario): Scenario {
  const web = scenario.groups["web"];
  if (web === undefined) throw new Error(`seed ${scenario.seed} has no group web`);
  const doings = scenario.doings.filter((doing) => doing.group === "web" && keepsSize(doing));
  return { ...scenario, groups: { web: { ...web, size: MEMBERS } }, doings };
}

function keepsSize(doing: Doing): boolean {
  switch (doing.kind) {
    case "scale":
    case "undeclare":
    case "destroy":
    case "free":
    case "destroy-instances":
      return false;
    case "declare":
      return doing.change.size === undefined;
    default:
      return true;
  }
}

function perSecond(microseconds: number): number {
  return Math.round(1_000_000 / microseconds);
}
