/** A copy of a stack from its first plan to the last look: five steps, each told as it ends. */
import { localTarget, surroundingsOf } from "@muster/checks";
import { type Event, MusterError, MusterErrors, type StackPlan } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { stackSocket } from "../places.ts";
import { hasChanges } from "../print/plan.ts";
import { askParts } from "../verify/asked.ts";
import { hasChecks, partOfStack } from "../verify/parts.ts";
import { apiHere } from "../work/api-here.ts";
import { untilConverged } from "../work/converge.ts";
import { untilGone } from "../work/destroy.ts";
import { foresee, handOver } from "../work/hand-over.ts";
import { type Host, openHost } from "../work/host.ts";
import { inspecting } from "../work/inspect.ts";
import { confirmTold } from "../work/plan.ts";
import type { ReadStack } from "../work/read-stack.ts";
import { isDone } from "../work/really-changed.ts";
import { type Following, follow, type Told } from "./course.ts";
import { leftOf } from "./gone.ts";
import { lastWordsOf } from "./last-words.ts";
import { thingsMetIn } from "./meeting.ts";
import type { TryPlace } from "./place.ts";
import { portsOfTry } from "./ports.ts";
import { type StepResult, verdictOf } from "./result.ts";
import { standingOf } from "./standing.ts";

export interface Living {
  readonly place: TryPlace;
  /** What the copy declares. */
  readonly read: ReadStack;
  readonly places: readonly string[];
}

export interface Wishes extends Following {
  readonly keep: "always" | "on-failure" | "never";
  /** How long checks are asked again until all hold, in milliseconds. */
  readonly retryForMs: number;
  /** Aborted when it is to end: what was made is taken away. */
  readonly asked: AbortSignal;
}

export interface Lived {
  readonly steps: readonly StepResult[];
  readonly kept: boolean;
  /** Nothing of it is left. */
  readonly gone: boolean;
}

export async function live(cli: Cli, living: Living, wishes: Wishes): Promise<Lived> {
  const { place, read } = living;
  const { asked } = wishes;
  const own: Cli = { ...cli, env: place.env };
  let host: Host | undefined;
  const course = follow(wishes, {
    lastWords: () => lastWordsOf(place, read.stack),
    standing: async () => (host === undefined ? [] : standingOf(apiHere(host.daemon), read.stack.name)),
  });
  const { step, skip, steps } = course;
  /** What is made is made by a Muster of its own; it is begun with the first step, and its failure is that step's. */
  const api = async (): Promise<Api> => {
    host ??= await openHost(
      own,
      {},
      {
        ...{ command: `try ${read.file}`, stacks: [read.stack.name], socket: stackSocket(place.env, read.stack.name) },
        hostPorts: portsOfTry(cli.env, place.id),
        ...{ onEvent: course.event, onStatus: () => undefined, onNotice: () => undefined },
      },
    );
    return apiHere(host.daemon);
  };
  try {
    let touched = false;
    const made = await step("create", asked, async (signal) => {
      await confirmSound(await api(), read);
      touched = true;
      return create(own, await api(), read, signal);
    });
    if (!made) skip("again", "it was not made");
    else if (asked.aborted) skip("again", "interrupted");
    else await step("again", asked, async (signal) => applyAgain(own, await api(), read, course.events, signal));
    if (!made) skip("verify", "it was not made");
    else if (asked.aborted) skip("verify", "interrupted");
    else if (!hasChecks(read.stack)) skip("verify", "the file has no checks");
    else await step("verify", asked, (signal) => verifyCopy(own, read, wishes, signal));
    if (touched && isToStay(steps, wishes)) {
      for (const name of ["destroy", "gone"] as const) skip(name, "kept");
      return { steps, kept: true, gone: false };
    }
    const destroyed = await step("destroy", NEVER, async (signal) =>
      destroy(own, await api(), read.stack.name, signal),
    );
    const gone = await step("gone", NEVER, () => look(living));
    return { steps, kept: false, gone: destroyed && gone };
  } finally {
    await host?.close();
  }
}

const NEVER = new AbortController().signal;

/** Who ends it before its end does not want to look at it. */
function isToStay(steps: readonly StepResult[], { keep, asked }: Wishes): boolean {
  if (asked.aborted || keep === "never") return false;
  return keep === "always" || verdictOf(steps) !== "pass";
}

/** Throws what is wrong with the declaration, what could not be told, and `try.not-apart`. Nothing is touched. */
async function confirmSound(api: Api, read: ReadStack): Promise<void> {
  const plan = await foresee({ api, read }, CONSENT);
  confirmTold([plan]);
  confirmAlone(plan, read);
}

async function create(cli: Cli, api: Api, read: ReadStack, signal: AbortSignal): Promise<Told> {
  const answer = await handOver(cli, { api, read }, CONSENT);
  const { groups, resources } = await untilConverged({ api, keptBy: "this", answer }, signal);
  const sizes = groups.map(({ name, size, status }) => `${name} ${status?.ready ?? 0}/${size} ready`);
  const count = resources?.statuses.length ?? 0;
  const things = count === 0 ? [] : [count === 1 ? "1 resource" : `${count} resources`];
  return { message: [...sizes, ...things].join(", ") || "there is nothing to make" };
}

/** The copy is to go again: nothing that is done to it has to be taken back. */
const CONSENT = { allow: ["irreversible", "replace"] } as const;

/**
 * Nothing of a new copy is there: what its plan would take in, change or destroy is somebody else's. Throws `try.not-apart`.
 */
export function confirmAlone(plan: StackPlan, { stack, file }: ReadStack): void {
  const [first, ...others] = thingsMetIn(plan).map(
    (met) => new MusterError("try.not-apart", { stack: stack.name, ...met }, { place: { file } }),
  );
  if (first !== undefined) throw new MusterErrors([first, ...others]);
}

async function applyAgain(
  cli: Cli,
  api: Api,
  read: ReadStack,
  events: () => readonly Event[],
  signal: AbortSignal,
): Promise<Told> {
  const plan = await foresee({ api, read }, CONSENT);
  confirmTold([plan]);
  if (hasChanges(plan)) return { verdict: "fail", message: "a second apply would change something", plan };
  const answer = await handOver(cli, { api, read }, CONSENT);
  await untilConverged({ api, keptBy: "this", answer }, signal);
  const done = events().filter(isDone);
  if (done.length === 0) return { message: "nothing to change" };
  const message = `its plan was empty, and a second apply did something: ${done.map((each) => each.message).join("; ")}`;
  return { verdict: "fail", message };
}

/** The checks of the copy as `muster verify` asks them. What it declares was seen to be so by the second apply. */
async function verifyCopy(cli: Cli, read: ReadStack, wishes: Wishes, signal: AbortSignal): Promise<Told> {
  const surroundings = surroundingsOf(cli.env);
  const timeoutMs = Math.min(wishes.withinMs, ANSWER_MS);
  const { whole: report } = await inspecting(cli, {}, (inspector) => {
    const part = partOfStack(read, { derives: false, inspector, blind: undefined, timeoutMs });
    const asking = { surroundings, timeoutMs, retryForMs: wishes.retryForMs, kinds: {}, only: [], isWhole: false };
    return askParts([part], { ...asking, targets: [localTarget(surroundings)] }, signal);
  });
  const { pass, fail, unknown } = report.counts;
  const verdict = fail > 0 ? "fail" : unknown > 0 ? "unknown" : "pass";
  return { verdict, message: `${pass} pass, ${fail} fail, ${unknown} unknown`, report };
}

/** For the whole answer of whom checks are asked of, in milliseconds: as `muster verify` has it. */
const ANSWER_MS = 30_000;

/** What was never declared has made nothing. What is gone already is destroyed. */
export async function destroy(cli: Cli, api: Api, name: string, signal: AbortSignal): Promise<Told> {
  let generation: number;
  try {
    ({ generation } = await api.destroy({ stack: name, actor: cli.user() }));
  } catch (thrown) {
    if (thrown instanceof MusterError && thrown.code === "stack.not-found") return { message: "nothing was made" };
    throw thrown;
  }
  await untilGone(cli, { api, name, generation }, signal);
  return { message: "destroyed" };
}

async function look({ place, read, places }: Living): Promise<Told> {
  const left = await leftOf(place, read.stack, places, () => undefined);
  if (left.length === 0) return { message: "nothing is left" };
  return { verdict: "fail", message: left.join("; ") };
}
