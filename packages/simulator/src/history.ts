/**
 * What the invariants must know of what came before: declarations, looks, decisions and calls. It is made from
 * happenings alone; of Muster's memory it takes only what was written down before a call, because that is the promise.
 */
import type { Memory } from "@muster/engine";
import { type Json, PASS, type Verdict } from "@muster/model";
import type { Happening } from "./happening.ts";
import { markOf } from "./marks.ts";
import type { CallRecord, Decision, History, LookRecord } from "./records.ts";
import { emptyTrials } from "./trials.ts";
import { noneWanted } from "./wanted.ts";

interface Plan extends Pick<Decision, "intent" | "group"> {
  readonly life: number;
  waitsFrom?: number;
}

const STARTING: Verdict = { kind: "unknown", reason: "it starts" };
const ENDED: Verdict = { kind: "fail", reason: "it has ended" };

export function emptyHistory({ settleMs, local }: { readonly settleMs: number; readonly local: boolean }): History {
  const wanted = noneWanted(local);
  const trials = emptyTrials(
    settleMs,
    (group) => wanted.last(group)?.promised ?? { minReadyMs: 0, healthyDeadlineMs: 0 },
  );
  const touchable = new Set<string>();
  const looks = noLooks();
  const decisions = new Map<string, Decision>();
  const calls = new Map<number, CallRecord>();
  const underWay = new Set<CallRecord>();
  const unresolved = new Set<CallRecord>();
  const loose = new Set<CallRecord>();
  let holder = 0;
  /** The latest decision to do a thing to a thing: of each life, and of all. */
  const latest = new Map<string, Decision>();
  const done = new Set<string>();
  const asked = new Set<string>();
  const doomed = new Map<string, string>();
  /**
   * Destroys that were written down and not called, as far as Muster knows: their members count as leaving. A later life
   * waits for what the one before may have begun: from its beginning, or from that of the first that wrote this down. Whoever
   * has planned it may take it back, and does not call it then.
   */
  const planned = new Map<string, Plan>();
  const began = new Map<number, number>();
  /** Creates that a look has shown to have made nobody. Muster may not have written that down yet, and awaits them till then. */
  const missing = new Map<string, CallRecord>();
  const forgotten = new Map<string, number>();
  /** Calls that were begun before their group was forgotten, also in the same moment. */
  const forgottenCalls = new Set<CallRecord>();
  let declaredAt = Number.NEGATIVE_INFINITY;
  let wave = NO_WAVE;

  function takeMemory(memory: Readonly<Record<string, Json>>, life: number, at: number): void {
    for (const [group, value] of Object.entries(memory)) {
      if (value === null) {
        forgotten.set(group, at);
        for (const call of calls.values()) if (call.group === group) forgottenCalls.add(call);
        trials.forget(group);
        for (const [id, plan] of planned) if (plan.group === group) planned.delete(id);
        for (const [id, of] of doomed) if (of === group) doomed.delete(id);
      }
      for (const plan of planned.values())
        if (plan.group === group && plan.life !== life) plan.waitsFrom ??= began.get(life) ?? 0;
      const { doomed: named, calls: begun } = promisedIn(value);
      for (const id of named) if (asked.has(id)) doomed.set(id, group);
      const isKeptTrackOf = missing.size > 0 || planned.size > 0 || begun.length > 0;
      if (!isKeptTrackOf) continue;
      const awaited = new Set(begun.map(({ intent }) => intent));
      const decided: Decision[] = [];
      for (const call of missing.values()) {
        if (call.group !== group || life !== holder || awaited.has(call.intent)) continue;
        missing.delete(call.intent);
        trials.end(call.id);
      }
      for (const call of begun) {
        if (decisions.has(call.intent)) continue;
        const { intent, kind, slot, why, cause, instance } = call;
        const decision = { intent, kind, slot, why, cause, instance, group, at, look: looks.of(life, group) };
        decisions.set(intent, decision);
        latest.set(keyOf(kind, instance ?? ""), decision);
        latest.set(keyOf(`${life} ${kind}`, instance ?? ""), decision);
        if (kind === "destroy" && instance !== null) planned.set(instance, { intent, group, life });
        decided.push(decision);
      }
      if (decided.length > 0) wave = [...wave, ...decided];
      if (planned.size > 0) takeBack(group, awaited, life);
    }
  }

  function takeBack(group: string, kept: ReadonlySet<string>, life: number): void {
    for (const [id, plan] of planned) {
      if (plan.group !== group || plan.life !== life || kept.has(plan.intent)) continue;
      planned.delete(id);
      for (const key of [keyOf("destroy", id), keyOf(`${life} destroy`, id)])
        if (latest.get(key)?.intent === plan.intent) latest.delete(key);
    }
  }

  function takeCall(happening: Extract<Happening, { kind: "called" }>): void {
    const { call: number, verb, id, tags, want, at, life } = happening;
    const decision =
      verb === "create" ? decisions.get(tags["muster.intent"] ?? "") : latest.get(keyOf(`${life} ${verb}`, id));
    const mark = markOf(tags);
    const record: CallRecord = {
      number,
      verb,
      began: at,
      decision,
      id,
      want,
      group: mark.owner,
      intent: decision?.intent ?? mark.intent,
      slot: mark.slot,
      took: false,
      idle: false,
      ended: undefined,
      resolved: false,
      life,
      loose: false,
    };
    if (verb === "destroy") planned.delete(id);
    calls.set(number, record);
    underWay.add(record);
    unresolved.add(record);
    if (life !== holder) letLoose(record);
  }

  function letLoose(call: CallRecord): void {
    call.loose = true;
    loose.add(call);
    underWay.delete(call);
    unresolved.delete(call);
  }

  /** Who turns up while it is still awaited is not missing. */
  function noteFound({ shown }: LookRecord): void {
    if (missing.size === 0) return;
    for (const { tags } of shown) missing.delete(tags["muster.intent"] ?? "");
  }

  function takeLook(look: LookRecord): void {
    // A look that was given up ends later than the one that was begun in its place.
    const latest = looks.of(look.life, look.group);
    if (latest === undefined || latest.began <= look.began) looks.put(look);
    for (const [id, { group, life, waitsFrom = began.get(look.life) ?? 0 }] of planned) {
      if (group === look.group && life !== look.life && look.began >= waitsFrom + settleMs) planned.delete(id);
    }
    if (look.life === holder) noteFound(look);
    if (unresolved.size === 0) return;
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
      // What another one sees who has lost the stack is nothing that Muster knows.
      const isKnown = look.life === holder;
      if (isKnown && call.verb === "create" && !intents.has(call.intent)) missing.set(call.intent, call);
    }
  }

  function judge({ life, verdicts, at }: Extract<Happening, { kind: "judged" }>): void {
    const judgedIn = wanted.names().map((group) => judging(looks.of(life, group)));
    for (const [id, verdict] of verdicts) {
      let lookedAt = at;
      for (const take of judgedIn) lookedAt = take(id, verdict) ?? lookedAt;
      if (life === holder) trials.judge(id, verdict, at, lookedAt, at);
    }
  }

  function endCall(number: number, ended: NonNullable<CallRecord["ended"]>): void {
    const call = calls.get(number);
    if (call === undefined) return;
    call.ended = ended;
    if (call.verb === "update") beginTrial(call, ended.at);
    else if (call.verb === "create") trials.answer(call.id, ended.at);
    if (!ended.late || call.took) {
      underWay.delete(call);
      loose.delete(call);
    }
    // What was refused was not done: there is nothing to find out.
    if (ended.how === "done" || ended.how === "abandoned" || ended.how === "unknown") return;
    call.resolved = true;
    unresolved.delete(call);
  }

  function takeEffect({ call: number, verb, id, idle, at }: Extract<Happening, { kind: "took" }>): void {
    const call = calls.get(number);
    if (call === undefined) return;
    call.took = true;
    call.id = id;
    call.idle = idle;
    done.add(keyOf(verb, id));
    beginTrial(call, at);
    if (call.ended === undefined) return;
    underWay.delete(call);
    loose.delete(call);
  }

  /**
   * What is known of health unless the flavor is asked: who runs is well, and of who starts nobody knows. Of who has ended no
   * flavor is asked.
   */
  function plainVerdicts({ group, shown }: Extract<Happening, { kind: "looked" }>): Map<string, Verdict> {
    const isPlain = wanted.last(group)?.text.flavor === "plain";
    const verdicts = new Map<string, Verdict>();
    for (const { id, phase } of shown) {
      if (phase === "ended") verdicts.set(id, ENDED);
      else if (isPlain) verdicts.set(id, phase === "running" ? PASS : STARTING);
    }
    return verdicts;
  }

  /** From now on the member has to prove itself; not one that nobody awaits any more. */
  function beginTrial(call: CallRecord, at: number): void {
    const isDone = call.verb === "create" || (call.verb === "update" && call.ended !== undefined && !call.idle);
    const isForgotten = forgottenCalls.has(call);
    // What one who has lost the stack makes was written down: who holds it now may await it, or may not any more.
    const isAwaited = !call.loose || call.verb === "create";
    if (!call.took || !isDone || call.resolved || !isAwaited || isForgotten) return;
    const kind = call.verb === "create" ? "made" : "changed";
    const answeredAt = call.loose ? at : (call.ended?.at ?? Number.POSITIVE_INFINITY);
    trials.begin(call.id, { group: call.group, since: at, kind, answeredAt }, !call.loose);
  }

  /** What the look before has shown was taken in, unless something else was declared meanwhile: then it was let go. */
  function settleTrials({ life, group }: Extract<Happening, { kind: "looked" }>): void {
    const before = looks.of(life, group);
    if (before === undefined) return;
    if (before.began <= declaredAt) trials.lose();
    else trials.takeIn(group);
  }

  return {
    take(happening) {
      wave = NO_WAVE;
      const { at } = happening;
      switch (happening.kind) {
        case "wrote":
          if (happening.declaration !== undefined) {
            wanted.declare(happening.declaration, at);
            for (const group of wanted.names()) touchable.add(group);
          }
          takeMemory(happening.memory, happening.life, at);
          if (happening.declaration !== undefined) declaredAt = at;
          for (const { type, group } of happening.events)
            if (type === "rollout.reverting" && group !== undefined) wanted.revert(group, at);
          return;
        case "looked":
          // What another one sees who has lost the stack is nothing that Muster knows.
          if (happening.life === holder) settleTrials(happening);
          takeLook({ ...happening, ended: at, verdicts: plainVerdicts(happening) });
          if (happening.life !== holder) return;
          // Who is shown to have ended was there before: that is no older than what made it.
          for (const [id, verdict] of looks.of(happening.life, happening.group)?.verdicts ?? [])
            trials.judge(id, verdict, verdict === ENDED ? at : happening.began, happening.began, at);
          return;
        case "judged":
          judge(happening);
          return;
        case "called":
          takeCall(happening);
          return;
        case "took":
          takeEffect(happening);
          return;
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
          if (happening.released !== undefined && !wanted.names().includes(happening.released)) {
            touchable.delete(happening.released);
          }
          return;
        case "holds":
          began.set(happening.life, at);
          holder = happening.life;
          // What the one before was shown and has not written down is nothing that this one knows.
          trials.lose();
          for (const call of underWay) {
            if (call.life === holder || call.ended !== undefined) continue;
            letLoose(call);
            // Whoever holds the stack now waits for no answer of it.
            if (call.verb === "create") trials.answer(call.id, at);
          }
          touchable.clear();
          for (const group of wanted.names()) touchable.add(group);
          return;
        case "crashed":
        case "closed":
        case "unwritten":
          trials.lose();
          return;
        case "started":
        case "froze":
        case "thawed":
        case "befell":
        case "refused":
        case "status":
        case "calmed":
        case "rested":
        case "ended":
          return;
      }
    },
    calls,
    trials,
    loose: () => loose,
    holder: () => holder,
    isPlanned: (id) => planned.has(id),
    underWay: () => underWay,
    unresolved: () => unresolved,
    wasDecided: (verb, id) => latest.has(keyOf(verb, id)),
    wasDone: (verb, id) => done.has(keyOf(verb, id)),
    wave: () => wave,
    wantedSince: wanted.since,
    wanted: wanted.now,
    groups: wanted.names,
    mayTouch: (group) => touchable.has(group),
    lookOf: looks.of,
    wasAskedFor: (id) => doomed.has(id),
    wasForgottenSince(group, time) {
      const at = forgotten.get(group);
      return at !== undefined && at >= time;
    },
  };
}

const NO_WAVE: readonly Decision[] = [];

/** The last look of each life at each group. Asked at every happening: no key is made for that. */
function noLooks() {
  const byLife = new Map<number, Map<string, LookRecord>>();
  return {
    of: (life: number, group: string): LookRecord | undefined => byLife.get(life)?.get(group),
    put(look: LookRecord): void {
      const known = byLife.get(look.life);
      if (known === undefined) byLife.set(look.life, new Map([[look.group, look]]));
      else known.set(look.group, look);
    },
  };
}

/** Takes in what is said of those that the look has shown: when it began; undefined for whoever it has not shown. */
function judging(look: LookRecord | undefined): (id: string, verdict: Verdict) => number | undefined {
  if (look === undefined) return () => undefined;
  const { shown, verdicts, began } = look;
  // They are judged in the order in which they were shown: the next one is mostly the one after the last.
  let next = 0;
  return (id, verdict) => {
    if (shown[next]?.id === id) next++;
    else if (!verdicts.has(id) && !shown.some((each) => each.id === id)) return undefined;
    verdicts.set(id, verdict);
    return began;
  };
}

const NOTHING: Pick<Memory, "doomed" | "calls"> = { doomed: [], calls: [] };

/** What was written down before a call is made, because that is the promise. Whether it can be read again the next life finds out. */
function promisedIn(memory: Json): Pick<Memory, "doomed" | "calls"> {
  return memory === null ? NOTHING : (memory as Memory);
}

function keyOf(first: number | string, second: string): string {
  return `${first} ${second}`;
}
