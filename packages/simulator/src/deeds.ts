/** What people do, whoever keeps the stack: their words, what they call, and what they take for an answer. */
import { type Document, MusterError } from "@muster/model";
import type { Declaration } from "@muster/store";
import { documentOf, type Mode, modeOf, type StackText, textOf } from "./grammar.ts";
import { membersOf } from "./marks.ts";
import type { Doing, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Nobody has committed anything yet: the first thing that anybody does. */
export type Beginning = { readonly kind: "begin"; readonly at: 0; readonly group: "" };

/** What is said to Muster; the rest is done to the world, or to its process. */
export type Word = Exclude<Doing, { kind: "kill" | "restart" }> | Beginning;

/** Who is told what to do, and answers with an `Answer`: StackKeeper is one, with promises. */
export interface Told<Answer> {
  declaration(): Declaration | undefined;
  seen(group: string): readonly { readonly id: string }[];
  commit(document: Document, source: string, actor: string): Answer;
  scale(group: string, size: number, actor: string): Answer;
  pause(group: string, actor: string): Answer;
  resume(group: string, actor: string): Answer;
  promote(group: string, actor: string): Answer;
  revert(group: string, actor: string): Answer;
  free(group: string, actor: string): Answer;
  destroy(group: string, actor: string): Answer;
  destroyInstances(group: string, ids: readonly string[], actor: string): Answer;
}

const ANN = "user:ann";

/** All of them, in their order. */
export function doingsOf({ doings }: Scenario): readonly (Doing | Beginning)[] {
  return [{ kind: "begin", at: 0, group: "" }, ...doings];
}

/** @param doomed the instances that are named, where any are; undefined: there is nothing to be done */
export function deedOf<Answer>(
  doing: Word,
  keeper: Told<Answer>,
  doomed: readonly string[],
  first: StackText,
): Answer | undefined {
  const { group } = doing;
  switch (doing.kind) {
    case "begin":
      return keeper.declaration() === undefined ? commit(keeper, first, "enforce") : undefined;
    case "declare": {
      const texts = textsOf(keeper);
      const text = texts[group] ?? first[group];
      return text && commit(keeper, { ...texts, [group]: { ...text, ...doing.change } });
    }
    case "undeclare": {
      const { [group]: _, ...others } = textsOf(keeper);
      return commit(keeper, others);
    }
    case "observe":
    case "enforce":
      return keeper.declaration() === undefined ? undefined : commit(keeper, textsOf(keeper), doing.kind);
    case "promote":
      return keeper.promote(group, ANN);
    case "revert":
      return keeper.revert(group, ANN);
    case "scale":
      return keeper.scale(group, doing.size, ANN);
    case "pause":
      return keeper.pause(group, ANN);
    case "resume":
      return keeper.resume(group, ANN);
    case "destroy":
      return keeper.destroy(group, ANN);
    case "free":
      return keeper.free(group, ANN);
    case "destroy-instances":
      return doomed.length > 0 ? keeper.destroyInstances(group, doomed, ANN) : undefined;
  }
}

/** The instances that a person names, of those that are seen. */
export function doomedBy(doing: Word, keeper: Pick<Told<unknown>, "seen">): readonly string[] {
  if (doing.kind !== "destroy-instances") return [];
  return keeper
    .seen(doing.group)
    .slice(0, doing.count)
    .map(({ id }) => id);
}

/** The group that is let go with it. */
export function releasedBy({ kind, group }: Word): string | undefined {
  return kind === "free" || kind === "undeclare" ? group : undefined;
}

export function wordsOf({ at: _, ...doing }: Doing | Beginning): string {
  return Object.values(doing)
    .map((word) => (typeof word === "object" ? JSON.stringify(word) : String(word)))
    .join(" ");
}

/** Whoever is told this does not try it again. */
export function isFinal(thrown: unknown): boolean {
  return thrown instanceof MusterError && FINAL.has(thrown.code);
}

const FINAL: ReadonlySet<string> = new Set([
  "group.not-found",
  "instance.not-found",
  "group.named-members",
  "group.no-canary",
  "group.observed",
  "group.paused",
  "group.canaries-failed",
  "group.nothing-to-revert-to",
]);

export function kill({ world, clock, random, traits, faults, tell }: Stage, group: string, count: number): void {
  const living = membersOf(world, group);
  for (const { id } of living.slice(0, count)) {
    const lag = random.chance(faults().lag) ? random.between(0, traits.settleMs) : 0;
    world.end(id, "others", clock.now() + lag);
    tell({ kind: "befell", what: "killed", id });
  }
}

function commit<Answer>(keeper: Told<Answer>, groups: StackText, mode: Mode = modeFor(keeper)): Answer {
  return keeper.commit(documentOf(groups, mode), "stack.yaml", ANN);
}

function modeFor(keeper: Pick<Told<unknown>, "declaration">): Mode {
  const declaration = keeper.declaration();
  return declaration === undefined ? "enforce" : modeOf(declaration.document);
}

function textsOf(keeper: Pick<Told<unknown>, "declaration">): StackText {
  const declaration = keeper.declaration();
  return declaration === undefined ? {} : textOf(declaration.document);
}
