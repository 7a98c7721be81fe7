import type { ApplyAnswer, AskedToApply } from "@muster/daemon";
import { MusterError } from "@muster/model";
import type { Asked } from "@muster/runtime";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import type { AskedFlags, OutputFlags, SetFlags } from "../commands/flags.ts";
import { stackSocket } from "../places.ts";
import { hasChanges, isRefused, plansText } from "../print/plan.ts";
import { apiHere } from "./api-here.ts";
import { confirm } from "./confirm.ts";
import { awaitedText, interrupted, type KeptBy, untilConverged } from "./converge.ts";
import { ENDING, listenForEnd } from "./ending.ts";
import { answerText, askedOf, findHolders, foresee, type Handed, handOver } from "./hand-over.ts";
import { openHost } from "./host.ts";
import { counting, untilSeen } from "./others.ts";
import { planHere } from "./plan.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { isChangedSince, momentNow } from "./really-changed.ts";
import { type PlannedStack, readSavedPlan } from "./saved-plan.ts";
import { settingsOf } from "./settings.ts";
import { openStage, type Stage } from "./stage.ts";

export interface ApplyFlags extends OutputFlags, SetFlags, AskedFlags {
  readonly detailedExitcodes: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** Puppet's. Before anything is begun it is 1: see run.ts. */
const DETAILED = { inSync: 0, changed: 2, failed: 4, both: 6 } as const;

interface Job extends Handed {
  readonly keptBy: KeptBy;
}

/** Hands each stack to whoever keeps it, or makes it here; what would happen is shown first, and agreed to. */
export async function applyFiles(this: Cli, flags: ApplyFlags, ...files: readonly string[]): Promise<void> {
  keepYoungRoom();
  const { stacks, saved } = await stacksOf(this, flags, files);
  const yes = flags.yes || saved;
  if (!yes && this.ask === undefined) {
    await confirmSound(this, flags, stacks);
    throw new MusterError("usage.not-confirmed", { command: "muster apply" });
  }
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  await using parts = new AsyncDisposableStack();
  parts.defer(() => {
    stage.end();
    ending.forget();
  });
  const jobs = await jobsFor(this, flags, stacks, stage, parts, ending.asked);
  await carryOut(this, { ...flags, yes }, jobs, stage, ending.asked);
}

/** Throws what is wrong with a declaration: whoever has to say yes first must know that as well. Nothing is touched. */
async function confirmSound(cli: Cli, flags: ApplyFlags, stacks: readonly ReadStack[]): Promise<void> {
  const { handed, free } = await findHolders(cli, flags, stacks);
  for (const each of handed) await foresee(each, askedOf(flags));
  if (free.length > 0) await planHere(cli, flags, free);
}

/** Room for young objects has grown while modules were loaded: with thousands of resources more of it saves no time. */
function keepYoungRoom(): void {
  process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
}

/** Declarations, or saved plans: what a plan says was looked at when it was made. */
async function stacksOf(
  cli: Cli,
  flags: AskedFlags,
  files: readonly string[],
): Promise<{ readonly stacks: readonly (ReadStack | PlannedStack)[]; readonly saved: boolean }> {
  const saved = await Promise.all(files.map((file) => readSavedPlan(cli, file)));
  if (saved.every((each) => each === undefined)) return { stacks: await readStacks(cli, files), saved: false };
  if (saved.every((each) => each !== undefined)) {
    confirmNothingAsked(flags);
    return { stacks: saved.flat(), saved: true };
  }
  const detail = "plans and declarations together";
  throw new MusterError("usage.bad-value", { what: "FILE", detail, wanted: "either plans or declarations" });
}

/** A plan that was looked at is done as it is. */
function confirmNothingAsked({ allow, prune }: AskedFlags): void {
  const what = allow !== undefined ? "--allow" : "--prune";
  if (allow === undefined && !prune) return;
  const wanted = `what the plan was made with: \`muster plan FILE ${what} … --out FILE.plan\``;
  throw new MusterError("usage.bad-value", { what, detail: "a saved plan is done as it was made", wanted });
}

/** What is asked for with a stack: by its plan, or at the command line. */
function askedFor(read: ReadStack | PlannedStack, flags: ApplyFlags): AskedToApply {
  return "expected" in read ? { ...read.asked, expected: read.expected } : askedOf(flags);
}

async function jobsFor(
  cli: Cli,
  flags: ApplyFlags,
  stacks: readonly ReadStack[],
  stage: Stage,
  parts: AsyncDisposableStack,
  asked: AbortSignal,
): Promise<readonly Job[]> {
  const { handed, free } = await findHolders(cli, flags, stacks);
  const jobs = handed.map((each): Job => ({ ...each, keptBy: "another" }));
  if (free.length === 0) return jobs;
  const api = await hostFor(cli, flags, "apply", free, stage, parts, asked);
  return [...jobs, ...free.map((read): Job => ({ read, api, keptBy: "this" }))];
}

/** Those of groups are asked with their health. */
function hasChecks({ checks, resources }: ReadStack["stack"]): boolean {
  return checks.length > 0 || Object.values(resources).some((each) => each.checks.length > 0);
}

function askedWithout({ expected: _, ...asked }: AskedToApply): Asked {
  return asked;
}

/**
 * A Muster in this process, for the stacks that nobody keeps. It ends with the command; but whoever has given it something
 * meanwhile sees how that ends.
 *
 * @param verb what it is for, as whoever meets it meanwhile is shown
 * @param asked somebody wants it to end: nobody is waited for
 */
export async function hostFor(
  cli: Cli,
  flags: OutputFlags & SetFlags,
  verb: "apply" | "destroy",
  stacks: readonly ReadStack[],
  stage: Stage,
  parts: AsyncDisposableStack,
  asked: AbortSignal,
): Promise<Api> {
  const names = stacks.map(({ stack }) => stack.name);
  const quiet = flags.output === "json";
  const settings = settingsOf(cli, flags);
  const host = await openHost(cli, settings, {
    command: `${verb} ${stacks.map(({ file }) => file).join(" ")}`,
    stacks: names,
    socket: stackSocket(cli.env, names[0] ?? ""),
    onEvent: quiet ? () => undefined : stage.event,
    onStatus: quiet ? () => undefined : stage.status,
    onNotice: stage.notice,
  });
  asked.addEventListener("abort", () => stage.say(ENDING), { once: true });
  const { api, calls } = counting(apiHere(host.daemon));
  parts.defer(async () => {
    await untilSeen(host.daemon, calls, stage, asked);
    await host.close();
  });
  return api;
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
  const moments = flags.detailedExitcodes
    ? await Promise.all(jobs.map(({ api, read }) => momentNow(api, read.stack.name)))
    : [];
  const declared: (Job & { readonly answer: ApplyAnswer })[] = [];
  const carried = async () => {
    for (const job of jobs) {
      if (asked.aborted) throw interrupted(job.read.stack.name, "It was not declared, and nothing of it was touched.");
      declared.push({ ...job, answer: await handOver(cli, job, askedFor(job.read, flags)) });
    }
    return Promise.all(
      declared.map(async (begun) => {
        // What is made in this process must be done before it ends.
        const waits = flags.wait || begun.keptBy === "this";
        if (!waits) return { keptBy: begun.keptBy, answer: begun.answer };
        const answer = await untilConverged(begun, asked);
        if (hasChecks(begun.read.stack)) await (await import("./checked.ts")).untilChecked(begun, asked);
        return { keptBy: begun.keptBy, answer };
      }),
    );
  };
  const ends = await carried().catch(async (thrown: unknown) => {
    if (flags.detailedExitcodes && declared.length > 0) {
      const changed = await Promise.all(moments.map(isChangedSince));
      cli.exit.onFailure = changed.includes(true) ? DETAILED.both : DETAILED.failed;
    }
    throw thrown;
  });
  if (flags.detailedExitcodes) {
    cli.process.exitCode = plans.some(hasChanges) ? DETAILED.changed : DETAILED.inSync;
  }
  stage.end();
  cli.out.write(
    flags.output === "json"
      ? `${JSON.stringify(ends.map(({ answer }) => answer))}\n`
      : ends.map(({ answer, keptBy }) => answerText(answer) + awaitedText(answer, keptBy)).join(""),
  );
}
