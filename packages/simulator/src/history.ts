/**
 * What the invariants must know of what came before: declarations, looks, decisions and calls. It is made from
 * happenings alone; of Muster's memory it takes only what was written down before a call, because that is the promise.
 */
import { type Call, memoryFrom } from "@muster/engine";
import { type Json, PASS, type Verdict } from "@muster/model";
import type { FailureKind } from "@muster/plugin";
import type { Declaration, Steering } from "@muster/store";
import { type GroupText, textOf } from "./grammar.ts";
import type { Happening, Shown, Verb } from "./happening.ts";
import { markOf } from "./marks.ts";

/** What was declared of one group, from a time on. */
export interface Wanted {
  readonly since: number;
  readonly generation: number;
  readonly text: GroupText;
  readonly steering: Steering | undefined;
}

/** One whole look at a group, with what the flavor said of the members. */
export interface LookRecord {
  readonly life: number;
  readonly group: string;
  readonly began: number;
  readonly ended: number;
  readonly shown: readonly Shown[];
  readonly verdicts: Map<string, Verdict>;
}

/** A call as it was written down before it was made, and the look it rests on. */
export interface Decision extends Pick<Call, "intent" | "kind" | "slot" | "why" | "cause" | "instance"> {
  readonly group: string;
  readonly at: number;
  readonly look: LookRecord | undefined;
}

export interface CallRecord {
  readonly number: number;
  readonly verb: Verb;
  readonly group: string;
  readonly intent: string;
  readonly slot: string;
  readonly began: number;
  readonly decision: Decision | undefined;
  /** The thing; of a create, once it is made. */
  id: string;
  took: boolean;
  /** It took effect on nothing: the thing was gone already. */
  idle: boolean;
  /** How it ended, or that its caller died. */
  ended: { readonly at: number; readonly how: "done" | "abandoned" | FailureKind; readonly late: boolean } | undefined;
  /** A look has told what became of it. */
  resolved: boolean;
}

export interface History {
  take(happening: Happening): void;
  readonly calls: ReadonlyMap<number, CallRecord>;
  readonly decisions: ReadonlyMap<string, Decision>;
  /** The decisions that were written down with this happening. */
  wave(): readonly Decision[];
  /** What was in force at some time since then; the newest last. Empty: the group was not declared. */
  wantedSince(group: string, time: number): readonly Wanted[];
  wanted(group: string): Wanted | undefined;
  groups(): readonly string[];
  /** Declared, or not declared any more, which nobody has been told yet. */
  mayTouch(group: string): boolean;
  lookOf(life: number, group: string): LookRecord | undefined;
  /** A person asked to have it destroyed, and that was written down. */
  wasAskedFor(id: string): boolean;
  /** Muster has put what it remembered of the group out of its mind, at this time or later. */
  wasForgottenSince(group: string, time: number): boolean;
}

export function emptyHistory(settleMs: number): History {
  const wanted = new Map<string, Wanted[]>();
  const touchable = new Set<string>();
  const looks = new Map<string, LookRecord>();
  const decisions = new Map<string, Decision>();
  const calls = new Map<number, CallRecord>();
  const unresolved = new Set<CallRecord>();
  const asked = new Set<string>();
  const doomed = new Map<string, string>();
  const forgotten = new Map<string, number>();
  let declared: readonly string[] = [];
  let wave: Decision[] = [];

  function takeDeclaration(declaration: Declaration | null, since: number): void {
    declared = declaration === null ? [] : Object.keys(textOf(declaration.document));
    if (declaration === null) return;
    const { generation, steering } = declaration;
    for (const [group, text] of Object.entries(textOf(declaration.document))) {
      touchable.add(group);
      const before = wanted.get(group) ?? [];
      wanted.set(group, [...before, { since, generation, text, steering: steering[group] }]);
    }
  }

  function takeMemory(memory: Readonly<Record<string, Json>>, life: number, at: number): void {
    for (const [group, value] of Object.entries(memory)) {
      if (value === null) {
        forgotten.set(group, at);
        for (const [id, of] of doomed) if (of === group) doomed.delete(id);
      }
      const written = memoryFrom(value);
      for (const id of written.doomed) if (asked.has(id)) doomed.set(id, group);
      for (const call of written.calls) {
        if (decisions.has(call.intent)) continue;
        const { intent, kind, slot, why, cause, instance } = call;
        const decision = { intent, kind, slot, why, cause, instance, group, at, look: looks.get(keyOf(life, group)) };
        decisions.set(intent, decision);
        wave.push(decision);
      }
    }
  }

  function takeCall(happening: Extract<Happening, { kind: "called" }>): void {
    const { call: number, verb, id, tags, at } = happening;
    const decision = verb === "create" ? decisions.get(tags["muster.intent"] ?? "") : latestOn(id, verb);
    const mark = markOf(tags);
    const record: CallRecord = {
      ...{ number, verb, began: at, decision, id, group: mark.owner },
      ...{ intent: decision?.intent ?? mark.intent, slot: mark.slot },
      ...{ took: false, idle: false, ended: undefined, resolved: false },
    };
    calls.set(number, record);
    unresolved.add(record);
  }

  function latestOn(id: string, verb: Verb): Decision | undefined {
    return [...decisions.values()].findLast((decision) => decision.instance === id && decision.kind === verb);
  }

  function takeLook(look: LookRecord): void {
    // A look that was given up ends later than the one that was begun in its place.
    const latest = looks.get(keyOf(look.life, look.group));
    if (latest === undefined || latest.began <= look.began) looks.set(keyOf(look.life, look.group), look);
    const intents = new Set(look.shown.map(({ tags }) => tags["muster.intent"]));
    const ids = new Set(look.shown.map(({ id }) => id));
    const tells = ({ verb, intent, id, ended }: CallRecord): boolean => {
      if (verb === "create" && intents.has(intent)) return true;
      if (ended === undefined) return false;
      const isGone = verb === "destroy" && !ids.has(id) && look.began >= ended.at;
      return isGone || look.began >= ended.at + settleMs;
    };
    for (const call of unresolved) {
      if (call.group !== look.group || !tells(call)) continue;
      call.resolved = true;
      unresolved.delete(call);
    }
  }

  function takeVerdict(life: number, id: string, verdict: Verdict): void {
    for (const group of declared) {
      const look = looks.get(keyOf(life, group));
      if (look?.shown.some((each) => each.id === id)) look.verdicts.set(id, verdict);
    }
  }

  function endCall(number: number, ended: NonNullable<CallRecord["ended"]>): void {
    const call = calls.get(number);
    if (call === undefined) return;
    call.ended = ended;
    // What was refused was not done: there is nothing to find out.
    if (ended.how === "done" || ended.how === "abandoned" || ended.how === "unknown") return;
    call.resolved = true;
    unresolved.delete(call);
  }

  /** What is known of health unless the flavor is asked: who runs is well, and of who starts nobody knows. */
  function plainVerdicts({ group, shown }: Extract<Happening, { kind: "looked" }>): Map<string, Verdict> {
    if (wanted.get(group)?.at(-1)?.text.flavor !== "plain") return new Map();
    return new Map(shown.map(({ id, running }) => [id, running ? PASS : { kind: "unknown", reason: "it starts" }]));
  }

  return {
    take(happening) {
      wave = [];
      const { at } = happening;
      switch (happening.kind) {
        case "wrote":
          if (happening.declaration !== undefined) takeDeclaration(happening.declaration, at);
          takeMemory(happening.memory, happening.life, at);
          return;
        case "looked":
          takeLook({ ...happening, ended: at, verdicts: plainVerdicts(happening) });
          return;
        case "judged":
          takeVerdict(happening.life, happening.id, happening.verdict);
          return;
        case "called":
          takeCall(happening);
          return;
        case "took": {
          const call = calls.get(happening.call);
          if (call !== undefined) Object.assign(call, { took: true, id: happening.id, idle: happening.idle });
          return;
        }
        case "answered":
          endCall(happening.call, { at, how: happening.how, late: happening.late });
          return;
        case "abandoned":
          endCall(happening.call, { at, how: "abandoned", late: happening.late });
          return;
        case "asked":
          for (const id of happening.doomed) asked.add(id);
          return;
        case "acknowledged":
          if (happening.released !== undefined && !declared.includes(happening.released)) {
            touchable.delete(happening.released);
          }
          return;
        case "started":
          touchable.clear();
          for (const group of declared) touchable.add(group);
          return;
        case "refused":
        case "crashed":
        case "closed":
        case "befell":
        case "status":
        case "calmed":
        case "rested":
        case "ended":
          return;
      }
    },
    calls,
    decisions,
    wave: () => wave,
    wantedSince(group, time) {
      const all = wanted.get(group) ?? [];
      return all.filter((_, index) => (all[index + 1]?.since ?? Number.POSITIVE_INFINITY) >= time);
    },
    wanted: (group) => (declared.includes(group) ? wanted.get(group)?.at(-1) : undefined),
    groups: () => declared,
    mayTouch: (group) => touchable.has(group),
    lookOf: (life, group) => looks.get(keyOf(life, group)),
    wasAskedFor: (id) => doomed.has(id),
    wasForgottenSince: (group, time) => (forgotten.get(group) ?? Number.NEGATIVE_INFINITY) >= time,
  };
}

function keyOf(life: number, group: string): string {
  return `${life} ${group}`;
}
