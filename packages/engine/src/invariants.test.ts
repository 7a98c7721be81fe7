/** The invariants of the engine alone, over policies, worlds and people nobody thought of. */
import { PASS, slotCount, type Verdict } from "@muster/model";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type DeclaredGroup, versionWord } from "./declared.ts";
import type { Seen } from "./look.ts";
import type { Policy } from "./policy.ts";
import type { Decided } from "./reconcile.ts";
import { group, POLICY } from "./scene.test-support.ts";
import type { Action } from "./step.ts";
import { crew, fail, unknown, type WorldOptions, world } from "./world.test-support.ts";

type Happening =
  | { readonly kind: "declare"; readonly revision: string }
  | { readonly kind: "note"; readonly note: string }
  | { readonly kind: "scale"; readonly size: number }
  | { readonly kind: "pause" | "resume" | "observe" | "promote" | "revert" | "break" | "mend" }
  | { readonly kind: "kill" | "sicken" | "hide"; readonly nth: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant("declare" as const), revision: fc.constantFrom("r1", "r2", "r3", "bad") }),
  fc.record({ kind: fc.constant("note" as const), note: fc.constantFrom("a", "b") }),
  fc.record({ kind: fc.constant("scale" as const), size: fc.nat(7) }),
  fc.record({
    kind: fc.constantFrom("pause", "resume", "observe", "promote", "revert", "break", "mend" as const),
  }),
  fc.record({ kind: fc.constantFrom("kill", "sicken", "hide" as const), nth: fc.nat(9) }),
) as fc.Arbitrary<Happening>;

const policy = fc
  .record({
    maxUnavailable: fc.nat(3),
    maxSurge: fc.nat(3),
    minReadyMs: fc.constantFrom(0, 5_000),
    initialDelayMs: fc.constantFrom(0, 20_000),
    canary: fc.nat(3),
    bakeMs: fc.constantFrom(null, 60_000),
    onFailure: fc.constantFrom("pause", "revert"),
    breakerShare: fc.constantFrom(0.2, 0.4, 1),
    maxInFlight: fc.integer({ min: 1, max: 3 }),
    quarantineAfter: fc.integer({ min: 1, max: 4 }),
  })
  .filter(({ maxUnavailable, maxSurge }) => maxUnavailable + maxSurge > 0)
  .map(({ breakerShare, maxInFlight, quarantineAfter, ...rest }): Policy => {
    const repair = { breakerShare, maxInFlight, quarantineAfter, createsPerHour: 100_000 };
    return { rollout: { ...POLICY.rollout, ...rest } as Policy["rollout"], repair };
  });

const story = fc.record({
  policy,
  size: fc.nat(6),
  restarting: fc.boolean(),
  doings: fc.array(fc.tuple(fc.nat(12), happening), { maxLength: 12 }),
});

/** A group with everything that befalls it. */
function stage(policy: Policy, size: number, restarting: boolean) {
  const ill = new Set<string>();
  const hidden = new Set<string>();
  let broken = false;
  let calm = false;
  const health = ({ id, mark }: Seen): Verdict => {
    if (calm) return PASS;
    if (ill.has(id) || mark.revision === "bad") return fail;
    return hidden.has(id) ? unknown : PASS;
  };
  const refuses: WorldOptions["refuses"] = () => (broken && !calm ? "not now" : undefined);
  const noted = { changeable: { note: "a" }, restarting: restarting ? ["note"] : [] };
  let declared = group({ ...policy, ...noted, slots: { kind: "numbered", size } });
  const web = world(declared, { members: crew(size, "r1", { note: "a" }), health, refuses });

  function declare(changes: Partial<DeclaredGroup>): void {
    const { revision, changeable } = { ...declared, ...changes };
    const before = versionWord(declared);
    const isOther = before !== versionWord({ ...declared, revision, changeable });
    const proven = isOther && web.memory().proven === before;
    const { restarting: _, ...was } = declared;
    const former = proven
      ? ({
          version: "former",
          revision: was.revision,
          changeable: was.changeable,
          restarting: declared.restarting,
        } as const)
      : declared.former;
    const steered = isOther ? { ...declared.steered, promoted: false, reverted: false } : declared.steered;
    declared = { ...declared, steered, former, ...changes, generation: declared.generation + 1 };
    web.declare(declared);
  }

  /** What a person wants changed; undefined where it is no person who does something. */
  function wishOf(what: Happening): Partial<DeclaredGroup> | undefined {
    const { steered, generation } = declared;
    const anew = { reverted: false, promoted: false, retriedIn: generation + 1 };
    switch (what.kind) {
      case "declare":
        return { revision: what.revision };
      case "note":
        return { changeable: { note: what.note } };
      case "scale":
        return { slots: { kind: "numbered", size: what.size } };
      case "pause":
        return { goal: "pause" };
      case "observe":
        return { goal: "observe" };
      case "resume":
        return { goal: "keep", steered: anew };
      case "promote":
        return { steered: { ...steered, promoted: true } };
      case "revert":
        return { steered: { ...anew, reverted: true } };
      default:
        return undefined;
    }
  }

  function befall(what: Happening): void {
    const wish = wishOf(what);
    if (wish !== undefined) declare(wish);
    if (what.kind === "break") broken = true;
    if (what.kind === "mend") broken = false;
    if (!("nth" in what)) return;
    const id = web.ids()[what.nth] ?? "";
    if (what.kind === "kill") web.kill(id);
    if (what.kind === "sicken") ill.add(id);
    if (what.kind === "hide") hidden.add(id);
  }

  /** One pass, and what of it must never be. */
  function pass(): Decided {
    const before = web.members();
    const verdicts = new Map(before.map((each) => [each.id, health(each)]));
    const decided = web.pass();
    const { actions } = decided;
    expect(decided.wakeAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(web.now() - 60_000);
    tooFew(actions, before, verdicts);
    const creates = actions.filter(({ kind }) => kind === "create");
    if (creates.length > 0) {
      expect(before.length + creates.length).toBeLessThanOrEqual(slotCount(declared.slots) + policy.rollout.maxSurge);
    }
    tooManyCanaries(creates, before);
    if (declared.goal === "observe") expect(actions).toEqual([]);
    expect(new Set(actions.map(({ intent }) => intent)).size).toBe(actions.length);
    return decided;
  }

  /** By our own hand never fewer healthy ones than size - maxUnavailable. */
  function tooFew(actions: readonly Action[], before: readonly Seen[], verdicts: ReadonlyMap<string, Verdict>): void {
    const away = new Set(actions.flatMap((action) => (takesAway(action) ? [action.instance] : [])));
    if (![...away].some((id) => verdicts.get(id)?.kind !== "fail")) return;
    const left = before.filter(({ id }) => !away.has(id) && verdicts.get(id)?.kind === "pass").length;
    expect(left).toBeGreaterThanOrEqual(slotCount(declared.slots) - policy.rollout.maxUnavailable);
  }

  function isAsDeclared({ mark, properties }: Seen): boolean {
    return mark.revision === declared.revision && properties["note"] === declared.changeable["note"];
  }

  function takesAway(action: Action): action is Exclude<Action, { kind: "create" }> {
    return action.kind === "destroy" || (action.kind === "update" && restarting);
  }

  function tooManyCanaries(creates: readonly Action[], before: readonly Seen[]): void {
    const { rollout } = web.memory();
    const { canary } = policy.rollout;
    const isTried = rollout?.changing === true && !rollout.promoted && rollout.to === versionWord(declared);
    const isOther = declared.former !== undefined && declared.former.revision !== declared.revision;
    if (!isTried || !isOther || canary === 0 || canary >= slotCount(declared.slots)) return;
    const made = creates.filter((action) => action.kind === "create" && action.version === "declared").length;
    const there = before.filter(isAsDeclared).length;
    if (made > 0) expect(there + made).toBeLessThanOrEqual(canary);
  }

  return {
    befall,
    pass,
    /** Nothing goes wrong any more, and somebody wants it as declared. */
    settle(): void {
      calm = true;
      befall({ kind: "resume" });
      declare({ revision: "last", goal: "keep" });
      befall({ kind: "promote" });
    },
    rest: () => web.rest(5),
    isThere: () => web.members().length === slotCount(declared.slots) && !web.revisions().replaceAll("last", "").trim(),
  };
}

/** Waits of ten minutes and a quarter that have begun, at half a minute a pass; and some for each change of each member. */
const ENOUGH_PASSES = 250;

it("are kept, and whatever has happened the group is as declared in a bounded number of passes, and falls quiet", () => {
  fc.assert(
    fc.property(story, ({ policy, size, restarting, doings }) => {
      const web = stage(policy, size, restarting);
      for (const [passes, what] of doings) {
        for (let pass = 0; pass < passes; pass++) web.pass();
        web.befall(what);
      }
      web.settle();
      let passes = 0;
      while (!(web.pass().status.conditions[0]?.holds ?? false)) {
        passes++;
        expect(passes).toBeLessThan(ENOUGH_PASSES);
      }
      expect(web.isThere()).toBe(true);
      web.rest();
    }),
    { numRuns: 400 },
  );
});
