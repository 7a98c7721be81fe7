/**
 * The plan and the deed: what is foretold is what happens in a world where nothing goes wrong and nothing takes time. Where
 * calls take time, who of those on trial is through first can decide who is the canary: that no plan can foretell.
 */
import type { PlanGate, PlanStep } from "@muster/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { restarts } from "./amend.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Seen } from "./look.ts";
import { planOf } from "./plan.ts";
import { gatewayAt } from "./plan-gates.ts";
import { group, LOCAL, look, member, rollout } from "./scene.test-support.ts";
import { world } from "./world.test-support.ts";

/** What is done behind some gates and before the next ones. A replacement is one made and one destroyed. */
interface Phase {
  readonly behind: readonly PlanGate["kind"][];
  made: number;
  destroyed: number;
  inPlace: number;
  restarted: number;
}

const NAMES = ["ant", "bee", "cow", "doe", "elk", "fly"];
const NEVER = Number.MAX_SAFE_INTEGER / 2;

const version = fc.record({ revision: fc.constantFrom("r0", "r1", "r2"), content: fc.constantFrom("old", "new") });

const declaration = fc.record({
  version,
  size: fc.nat(5),
  goal: fc.constantFrom<DeclaredGroup["goal"]>("keep", "keep", "keep", "pause", "observe", "destroy"),
  maxUnavailable: fc.nat(3),
  maxSurge: fc.nat(3),
  minReadyMs: fc.constantFrom(0, 3_000),
  canary: fc.nat(3),
  bakeMs: fc.constantFrom(null, 60_000),
  restarting: fc.constantFrom<readonly string[]>([], ["content"]),
  createsPerHour: fc.constantFrom(3, 6, 1_000),
});

const anything = fc.record({
  kind: fc.constantFrom("numbered" as const, "named" as const),
  there: fc.array(version, { maxLength: 6 }),
  /** What was declared before, and for how many passes. */
  before: fc.array(fc.record({ declaration, passes: fc.nat(8) }), { maxLength: 2 }),
  last: declaration,
  former: fc.option(version, { nil: undefined }),
});

type Anything = typeof anything extends fc.Arbitrary<infer T> ? T : never;
type Declaration = Anything["last"];
type Version = Anything["there"][number];

function declaredOf(kind: Anything["kind"], asked: Declaration, before: Version | undefined): DeclaredGroup {
  const { size, maxUnavailable, maxSurge, goal, restarting, createsPerHour, ...waits } = asked;
  const surge = kind === "named" ? 0 : maxSurge;
  const away = surge === 0 ? Math.max(1, maxUnavailable) : maxUnavailable;
  const { canary, bakeMs, minReadyMs } = waits;
  return group({
    slots: kind === "named" ? { kind: "named", names: NAMES.slice(0, size) } : { kind: "numbered", size },
    // Nothing is late where nothing goes wrong.
    rollout: rollout({
      ...{ maxUnavailable: away, maxSurge: surge, canary, bakeMs, minReadyMs },
      progressDeadlineMs: NEVER,
    }),
    repair: { ...group().repair, createsPerHour },
    ...{ goal, restarting, revision: asked.version.revision, changeable: { content: asked.version.content } },
    former: before && {
      version: "former",
      revision: before.revision,
      changeable: { content: before.content },
      restarting,
    },
  });
}

function membersOf({ kind, there }: Anything): readonly Seen[] {
  return there.map(({ revision, content }, index) => {
    const slot = kind === "named" ? (NAMES[index] ?? "") : String(index);
    return member(`i-${index}`, { slot, revision, properties: { content } });
  });
}

/** A group that came to where it is as groups do: by what was declared before, and perhaps in the middle of it. */
function cameTo(asked: Anything) {
  const { kind, before, last } = asked;
  let former = asked.former;
  const [first = last, ...others] = [...before.map(({ declaration }) => declaration), last];
  let declared = declaredOf(kind, first, former);
  const real = world(declared, { traits: LOCAL, members: membersOf(asked), callMs: 0 });
  for (const [index, next] of others.entries()) {
    for (let pass = 0; pass < (before[index]?.passes ?? 0); pass++) real.pass();
    former = before[index]?.declaration.version ?? former;
    declared = { ...declaredOf(kind, next, former), generation: declared.generation + 1 };
    real.declare(declared);
  }
  return { real, declared };
}

function foretold(steps: readonly PlanStep[]): readonly Phase[] {
  const phases: Phase[] = [phaseBehind([])];
  for (const { effect, count, awaits } of steps) {
    if (awaits !== undefined) phases.push(phaseBehind(kindsOf(awaits)));
    const phase = phases.at(-1) ?? phaseBehind([]);
    if (effect === "create" || effect === "replace") phase.made += count;
    if (effect === "destroy" || effect === "replace") phase.destroyed += count;
    if (effect === "in-place") phase.inPlace += count;
    if (effect === "restart") phase.restarted += count;
  }
  return phases;
}

function kindsOf({ kind, then }: PlanGate): readonly PlanGate["kind"][] {
  return then === undefined ? [kind] : [kind, ...kindsOf(then)];
}

/** What the production decision does there to its end, with every gate opened when nothing else is left to do. */
function happened({ real, declared: first }: ReturnType<typeof cameTo>): readonly Phase[] {
  let declared = first;
  let done = real.done().length;
  const phases: Phase[] = [phaseBehind([])];
  const behind = (kind: PlanGate["kind"]) => {
    const last = phases.at(-1);
    // A gate behind which nothing is done is one of those before what comes next.
    phases.push(phaseBehind(last !== undefined && phases.length > 1 && isIdle(last) ? [...last.behind, kind] : [kind]));
    if (last !== undefined && phases.length > 2 && isIdle(last)) phases.splice(-2, 1);
  };
  for (let pass = 0; pass < 4_000; pass++) {
    const { actions, decisions, wakeAt, gone } = real.pass();
    // Where they have been healthy for long enough already, nothing is waited for.
    const byTime = pass > 0 && declared.rollout.bakeMs !== null;
    if (byTime && decisions.some(({ type }) => type === "rollout.promoted")) behind("bake");
    for (const action of real.done().slice(done))
      count(phases.at(-1), action.kind === "update" && restarts(declared, action.changes) ? "restart" : action.kind);
    done = real.done().length;
    const isAwaiting = declared.goal !== "observe" && !gone && wakeAt !== undefined && wakeAt < NEVER / 2;
    if (actions.length > 0 || isAwaiting) continue;
    const next = gatewayAt(declared, real.memory());
    if (next === undefined) return phases.filter((phase, index) => index === 0 || !isIdle(phase));
    behind(next.gate.kind);
    declared = next.beyond;
    real.declare(declared);
  }
  throw new Error("it never came to its end");
}

function count(phase: Phase | undefined, what: "create" | "update" | "destroy" | "restart"): void {
  if (phase === undefined) return;
  if (what === "create") phase.made++;
  if (what === "destroy") phase.destroyed++;
  if (what === "update") phase.inPlace++;
  if (what === "restart") phase.restarted++;
}

function phaseBehind(behind: Phase["behind"]): Phase {
  return { behind, made: 0, destroyed: 0, inPlace: 0, restarted: 0 };
}

function isIdle({ made, destroyed, inPlace, restarted }: Phase): boolean {
  return made + destroyed + inPlace + restarted === 0;
}

describe("a plan", () => {
  it("tells what is done, and behind which gates, whatever there is and whatever is wanted", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const { real, declared } = cameTo(asked);
        const [now, members, memory] = [real.now(), real.members(), real.memory()];
        const told = planOf({
          declared,
          traits: LOCAL,
          look: look(members, now),
          memory,
          sizeBefore: members.length,
          now,
        });
        expect(foretold(told.steps)).toEqual(happened({ real, declared }));
      }),
      { numRuns: 500 },
    );
  });
});
