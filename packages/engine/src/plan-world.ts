/** A world in which everything goes well: whatever is done is done at once, and whoever is made is healthy. */
import { type Mark, ownOf, PASS, resolveSelf } from "@muster/model";
import { healthOf } from "./census.ts";
import type { DeclaredGroup, Version } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import type { Call, Memory, Outcome } from "./memory.ts";
import { selfOf } from "./self.ts";
import type { Action } from "./step.ts";

export interface ImaginedWorld {
  look(now: number): GoodLook;
  /** Members that are there and are healthy. */
  healthy(): readonly string[];
  /** It is really there, and not only imagined. */
  isReal(id: string): boolean;
  /** Does all of it, and answers how it ended: well. */
  carryOut(actions: readonly Action[], now: number): readonly Outcome[];
  /** What somebody is doing already comes to its end. */
  finish(calls: readonly Call[], now: number): readonly Outcome[];
}

type Made = Pick<Call, "slot" | "intent" | "revision">;

/** Begins with what was seen. Those that are coming up have come up; those that fail go on failing. */
export function imagineWorld(declared: DeclaredGroup, seen: GoodLook, { young }: Memory): ImaginedWorld {
  const members = new Map(seen.members.map((member) => [member.id, member]));
  const verdicts = new Map(seen.verdicts);
  const real = new Set(members.keys());
  for (const member of seen.members) {
    const verdict = verdicts.get(member.id) ?? { kind: "unknown", reason: "" };
    const health = healthOf(member, verdict, declared.rollout.initialDelayMs, seen.startedAt);
    if (health === "waiting" && ownOf(young, member.id)?.failed !== true) verdicts.set(member.id, PASS);
  }

  function make({ slot, intent, revision }: Made, version: Version | undefined, now: number): string {
    const id = `${slot} ${intent}`;
    const mark: Mark = { stack: declared.stack, owner: declared.name, slot, intent, revision };
    const properties = version === undefined ? {} : resolveSelf(version.changeable, selfOf(declared, mark));
    const made: Seen = { id, mark, tags: {}, phase: "running", properties, since: now };
    members.set(id, made);
    verdicts.set(id, PASS);
    return id;
  }

  function doIt(action: Action, now: number): string {
    switch (action.kind) {
      case "create":
        return make(action, action.version === "former" ? declared.former : declared, now);
      case "update": {
        const member = members.get(action.instance);
        if (member === undefined) return action.instance;
        members.set(member.id, { ...member, properties: { ...member.properties, ...action.changes } });
        return member.id;
      }
      case "destroy":
        members.delete(action.instance);
        return action.instance;
    }
  }

  function end(call: Call, now: number): string {
    const { kind, intent, instance, revision } = call;
    if (kind === "destroy" && instance !== null) members.delete(instance);
    if (kind !== "create") return instance ?? "";
    const shown = [...members.values()].find(({ mark }) => mark.intent === intent);
    return shown?.id ?? make(call, versionOf(declared, revision), now);
  }

  return {
    look: (now) => ({ kind: "seen", startedAt: now, members: [...members.values()], verdicts }),
    healthy: () => [...members.keys()].filter((id) => verdicts.get(id)?.kind === "pass"),
    isReal: (id) => real.has(id),
    carryOut: (actions, now) =>
      actions.map((action) => ({ kind: "done", intent: action.intent, instance: doIt(action, now), at: now })),
    finish: (calls, now) =>
      calls.map((call) => ({ kind: "done", intent: call.intent, instance: end(call, now), at: now })),
  };
}

/** Of a call that is under way only the revision is remembered. */
function versionOf(declared: DeclaredGroup, revision: string): Version | undefined {
  return [declared, declared.former].find((version) => version?.revision === revision);
}
