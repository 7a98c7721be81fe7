/** `npm run simulate -- --seeds 1000`: runs the seeds, and explains the first one that fails, or lists all that do. */
import { parseArgs } from "node:util";
import { simulateEngine } from "./engine/simulate.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";
import { type Audible, traceOf } from "./trace.ts";

const USAGE = `Attacks Muster's runtime in a simulated world.

  --seeds N      run so many seeds (default 1000)
  --seed S       begin with this seed; alone, run only this one
  --engine       drive the engine alone, without the runtime: many more decisions in the same time
  --trace        print everything that happened
  --keep-going   list the seeds that fail, instead of explaining the first one

A seed always gives the same run.
`;

process.exitCode = await main();

type Asked =
  | ({ readonly kind: "run" } & Run)
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string };

interface Run {
  readonly first: number;
  readonly count: number;
  readonly engine: boolean;
  readonly trace: boolean;
  readonly keepGoing: boolean;
}

async function main(): Promise<number> {
  const asked = askedFor(process.argv.slice(2));
  switch (asked.kind) {
    case "run":
      return run(asked);
    case "help":
      print(USAGE);
      return 0;
    case "refused":
      process.stderr.write(`${asked.reason}\n\n${USAGE}`);
      return 2;
  }
}

function askedFor(args: readonly string[]): Asked {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: "string" },
        seed: { type: "string" },
        engine: { type: "boolean", default: false },
        trace: { type: "boolean", default: false },
        "keep-going": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const first = numberOf("--seed", values.seed ?? "1", 0);
    const count = numberOf("--seeds", values.seeds ?? (values.seed === undefined ? "1000" : "1"), 1);
    return { kind: "run", first, count, engine: values.engine, trace: values.trace, keepGoing: values["keep-going"] };
  } catch (thrown) {
    return { kind: "refused", reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function numberOf(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= least) return number;
  throw new Error(`${flag}: \`${text}\` is no whole number from ${least} on`);
}

async function run({ first, count, engine, trace, keepGoing }: Run): Promise<number> {
  const began = performance.now();
  const sum = { decisions: 0, calls: 0, crashes: 0, hours: 0 };
  const drive: Audible = engine ? simulateEngine : simulate;
  let passed = 0;
  for (let seed = first; seed < first + count; seed++) {
    const report = await drive(String(seed), {});
    sum.decisions += report.decisions;
    sum.calls += report.calls;
    sum.crashes += report.crashes;
    sum.hours += report.lasted / 3_600_000;
    if (trace) print(`${await textOf(report.scenario, drive)}\n`);
    const [violation] = report.violations;
    if (violation === undefined) {
      passed++;
      continue;
    }
    if (!keepGoing) {
      await explain(seed, drive);
      return 1;
    }
    print(`Seed ${seed} fails: ${violation.invariant}: ${violation.detail}\n`);
  }
  const all = passed === count ? `${count}` : `${passed} of ${count}`;
  const seconds = (performance.now() - began) / 1_000;
  print(
    `${all} seeds passed in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} seeds/s, ` +
      `${Math.round(sum.decisions / seconds)} decisions/s; ${sum.decisions} decisions, ${sum.calls} calls, ` +
      `${sum.crashes} crashes, ${Math.round(sum.hours)} hours of virtual time\n`,
  );
  return passed === count ? 0 : 1;
}

async function explain(seed: number, drive: Audible): Promise<void> {
  const smallest = await shrink(scenarioOf(String(seed)), (scenario) => drive(scenario, {}));
  print(
    `${await textOf(smallest.scenario, drive)}\n\nSeed ${seed} fails; the above is the smallest scenario found that fails in the same way.\n`,
  );
  for (const { invariant, detail } of smallest.violations) print(`${invariant}: ${detail}\n`);
  const flag = drive === simulateEngine ? " --engine" : "";
  print(`Again: npm run simulate --${flag} --seed ${seed} --trace\n`);
}

async function textOf(scenario: Scenario, drive: Audible): Promise<string> {
  const trace = await traceOf(scenario, drive);
  return `${JSON.stringify(scenario, undefined, 1)}\n${trace.join("\n")}`;
}

function print(text: string): void {
  process.stdout.write(text);
}
