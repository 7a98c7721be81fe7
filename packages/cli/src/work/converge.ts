import type { ApplyAnswer, GroupView, ResourcesView, StackResources } from "@muster/daemon";
import { conditionOf, failureOfResources, MusterError, resourcesSettled } from "@muster/model";
import type { Api } from "../client/api.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { endOf, outlookOf, SILENT_MS, type Spell, spellOf } from "./outlook.ts";
import { rest } from "./rest.ts";

/** At first it may be a moment's work; then it is asked less and less often. */
const ASK_SOON_MS = 5;
const ASK_EVERY_MS = 100;
/** To ask this process costs next to nothing, and whoever waits for the command waits for the last answer. */
const ASK_HERE_MS = 10;
/** What a group says when its own deadline has passed comes so much later at most. */
const TOLD_MS = 60_000;

/** Who carries out what was declared: another Muster, which goes on when the command ends, or this process. */
export type KeptBy = "another" | "this";

/** What was handed over, and to whom. */
export interface Begun {
  readonly api: Api;
  readonly keptBy: KeptBy;
  readonly answer: ApplyAnswer;
}

/**
 * Asks until every group of the stack is as declared, or waits for somebody to say more, and answers how they stand then.
 * How long a rollout may take is its own policy's to say: here it is waited for as long as anything moves. Throws what
 * `outlookOf` says of a group that has failed, `group.not-converged` of one that stands still, `apply.interrupted` when the
 * signal came first, and `apply.left` when whoever keeps the stack has ended.
 */
export async function untilConverged(begun: Begun, signal: AbortSignal): Promise<ApplyAnswer> {
  try {
    return await wait(begun, signal);
  } catch (thrown) {
    throw thrown instanceof MusterError ? asSeenFromHere(thrown, begun) : thrown;
  }
}

async function resourcesOf(api: Api, name: string): Promise<StackResources | undefined> {
  return (await api.resources()).find(({ stack }) => stack === name);
}

function withoutStack({ stack: _, ...resources }: StackResources): ResourcesView {
  return resources;
}

function asSeenFromHere(error: MusterError, { api: { socket }, keptBy, answer: { stack } }: Begun): MusterError {
  // Whoever steers a group asks the Muster that keeps it, and this one ends now.
  if (keptBy === "this") return new MusterError(error.code, { ...error.words, serve: SERVE_FIRST }, { cause: error });
  const isGone = error.code === "daemon.not-running" || error.code === "daemon.gone";
  return isGone ? new MusterError("apply.left", { socket, stack }, { cause: error }) : error;
}

const SERVE_FIRST = "start `muster serve`, then ";

async function wait({ api, keptBy, answer }: Begun, signal: AbortSignal): Promise<ApplyAnswer> {
  const spells = new Map<string, Spell>();
  const longestMs = keptBy === "this" ? ASK_HERE_MS : ASK_EVERY_MS;
  for (let restMs = ASK_SOON_MS; ; restMs = Math.min(longestMs, restMs * 2)) {
    const groups = (await api.groups()).filter(({ stack }) => stack === answer.stack);
    const now = performance.now();
    let open = false;
    for (const view of groups) {
      const outlook = outlookOf(view, answer.generation);
      const spell = spellOf(spells.get(view.name), view, outlook, now);
      spells.set(view.name, spell);
      if (outlook.kind === "done") continue;
      if (signal.aborted) throw interrupted(answer.stack, goesOn(keptBy, api.socket, answer.stack));
      open = true;
      const error = endOf(view, outlook, spell, now, await patienceWith(api, view, spell, now));
      if (error !== undefined) throw error;
    }
    const resources = await resourcesOf(api, answer.stack);
    if (resources !== undefined && !resourcesSettled(resources, answer.generation)) {
      if (signal.aborted) throw interrupted(answer.stack, goesOn(keptBy, api.socket, answer.stack));
      open = true;
    }
    const failed = open || resources === undefined ? undefined : failureOfResources(resources);
    if (failed !== undefined) throw failed;
    if (!open) return { ...answer, groups, ...(resources === undefined ? {} : { resources: withoutStack(resources) }) };
    await rest(restMs, signal);
  }
}

/** @param fix what becomes of the stack now */
export function interrupted(stack: string, fix: string): MusterError {
  return new MusterError("apply.interrupted", { stack, fix });
}

export function goesOn(keptBy: KeptBy, socket: string, stack: string): string {
  return keptBy === "this"
    ? "Nobody goes on with it: start `muster serve`, or apply it again. What was declared is kept."
    : `The Muster at ${socket} goes on with it; \`muster stack describe ${stack}\` shows how far it is.`;
}

/** For how long it may stand still: its own deadline may be longer than what suits most. */
async function patienceWith(api: Api, { stack, name }: GroupView, { since }: Spell, now: number): Promise<number> {
  if (now - since <= SILENT_MS) return SILENT_MS;
  const { policy } = await api.group(stack, name);
  return Math.max(SILENT_MS, (policy?.rollout.progressDeadlineMs ?? 0) + TOLD_MS);
}

/** What somebody has to say before it goes on, group by group. */
export function awaitedText({ stack, groups }: ApplyAnswer, keptBy: KeptBy): string {
  const text = groups.map((view) => awaited(view)).join("");
  if (text === "" || keptBy === "another") return text;
  return `${text}${stack}: nobody keeps it from here on: start \`muster serve\` first\n`;
}

function awaited({ stack, name, steering, status }: GroupView): string {
  const place = placeName(stack, name);
  if (steering === "paused") return `${place}: paused: changes wait until \`muster group resume ${place}\`\n`;
  const converged = status && conditionOf(status, "Converged");
  return converged?.reason === "CanaryWaits" ? `${place}: ${plain(converged.message)}\n` : "";
}
