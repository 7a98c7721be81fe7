import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { type Api, apiAt } from "../client/api.ts";
import type { AskedFlags, OutputFlags, SetFlags } from "../commands/flags.ts";
import { stackSocket } from "../places.ts";
import { hasChanges, isRefused, plansText } from "../print/plan.ts";
import { confirm } from "./confirm.ts";
import { awaitedText, interrupted, type KeptBy, untilConverged } from "./converge.ts";
import { listenForEnd } from "./ending.ts";
import { answerText, askedOf, findHolders, foresee, type Handed, handOver } from "./hand-over.ts";
import { openHost } from "./host.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { type AskedBeside, type PlannedStack, readSavedPlan } from "./saved-plan.ts";
import { settingsOf } from "./settings.ts";
import { openStage, type Stage } from "./stage.ts";

export interface ApplyFlags extends OutputFlags, SetFlags, AskedFlags {
  readonly detailedExitcodes: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** Puppet's. */
const DETAILED = { inSync: 0, changed: 2, failed: 4, both: 6 } as const;

interface Job extends Handed {
  readonly keptBy: KeptBy;
}

/** Hands each stack to whoever keeps it, or makes it here; what would happen is shown first, and agreed to. */
export async function applyFiles(this: Cli, flags: ApplyFlags, ...files: readonly string[]): Promise<void> {
  const { stacks, saved } = await stacksOf(this, files);
  if (!flags.yes && !saved && this.ask === undefined)
    throw new MusterError("usage.not-confirmed", { command: "muster apply" });
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  await using parts = new AsyncDisposableStack();
  parts.defer(() => {
    stage.end();
    ending.forget();
  });
  const jobs = await jobsFor(this, flags, stacks, stage, parts);
  await carryOut(this, { ...flags, yes: flags.yes || saved }, jobs, stage, ending.asked);
}

/** Declarations, or saved plans: what a plan says was looked at when it was made. */
async function stacksOf(
  cli: Cli,
  files: readonly string[],
): Promise<{ readonly stacks: readonly (ReadStack | PlannedStack)[]; readonly saved: boolean }> {
  const saved = await Promise.all(files.map((file) => readSavedPlan(cli, file)));
  if (saved.every((each) => each === undefined)) return { stacks: await readStacks(cli, files), saved: false };
  if (saved.every((each) => each !== undefined)) return { stacks: saved.flat(), saved: true };
  const detail = "plans and declarations together";
  throw new MusterError("usage.bad-value", { what: "FILE", detail, wanted: "either plans or declarations" });
}

/** What is asked for with a stack: by its plan, or at the command line. */
function askedFor(read: ReadStack | PlannedStack, flags: ApplyFlags): AskedBeside & { readonly expected?: string } {
  return "expected" in read ? { ...read.asked, expected: read.expected } : askedOf(flags);
}

async function jobsFor(
  cli: Cli,
  flags: ApplyFlags,
  stacks: readonly ReadStack[],
  stage: Stage,
  parts: AsyncDisposableStack,
): Promise<readonly Job[]> {
  const { handed, free } = await findHolders(cli, flags, stacks);
  const jobs = handed.map((each): Job => ({ ...each, keptBy: "another" }));
  if (free.length === 0) return jobs;
  const api = await hostFor(cli, flags, free, stage, parts);
  return [...jobs, ...free.map((read): Job => ({ read, api, keptBy: "this" }))];
}

function askedWithout({ expected: _, ...asked }: AskedBeside & { readonly expected?: string }): AskedBeside {
  return asked;
}

/** A Muster in this process, for the stacks that nobody keeps. It ends with the command. */
export async function hostFor(
  cli: Cli,
  flags: OutputFlags & SetFlags,
  stacks: readonly ReadStack[],
  stage: Stage,
  parts: AsyncDisposableStack,
): Promise<Api> {
  const names = stacks.map(({ stack }) => stack.name);
  const quiet = flags.output === "json";
  const settings = settingsOf(cli, flags);
  const host = await openHost(cli, settings, {
    command: `apply ${stacks.map(({ file }) => file).join(" ")}`,
    stacks: names,
    socket: stackSocket(cli.env, names[0] ?? ""),
    onEvent: quiet ? () => undefined : stage.event,
    onStatus: quiet ? () => undefined : stage.status,
    onNotice: stage.notice,
  });
  parts.defer(host.close);
  return apiAt(host.daemon.socket);
}

async function carryOut(
  cli: Cli,
  flags: ApplyFlags,
  jobs: readonly Job[],
  stage: Stage,
  asked: AbortSignal,
): Promise<void> {
  const plans = await Promise.all(jobs.map((job) => foresee(job, askedWithout(askedFor(job.read, flags)))));
  stage.say(plansText(plans, cli.out).trimEnd());
  // What is refused is refused by whoever it is given to, in its own words.
  const asks = !flags.yes && plans.some(hasChanges) && !plans.some(isRefused);
  if (asks && !(await confirm(cli, "muster apply", "Do this?"))) return;
  const declared = [];
  for (const job of jobs) {
    if (asked.aborted) throw interrupted(job.read.stack.name, "It was not declared, and nothing of it was touched.");
    declared.push({ ...job, answer: await handOver(cli, job, askedFor(job.read, flags)) });
  }
  const changes = plans.some(hasChanges);
  const ends = await Promise.all(
    declared.map(async (begun) => {
      // What is made in this process must be done before it ends.
      const waits = flags.wait || begun.keptBy === "this";
      return { keptBy: begun.keptBy, answer: waits ? await untilConverged(begun, asked) : begun.answer };
    }),
  ).catch((thrown: unknown) => {
    if (flags.detailedExitcodes) cli.exit.onFailure = changes ? DETAILED.both : DETAILED.failed;
    throw thrown;
  });
  if (flags.detailedExitcodes) cli.process.exitCode = changes ? DETAILED.changed : DETAILED.inSync;
  stage.end();
  cli.out.write(
    flags.output === "json"
      ? `${JSON.stringify(ends.map(({ answer }) => answer))}\n`
      : ends.map(({ answer, keptBy }) => answerText(answer) + awaitedText(answer, keptBy)).join(""),
  );
}
