import { type Action, type DeclaredGroup, emptyMemory, type GoodLook } from "@muster/engine";
import { type GroupDeclaration, musterMarks } from "@muster/model";
import type { ClaimedProvider, ClaimedType, Flavor } from "@muster/plugin";
import { type Claim, memoryStore, type Store, thisProcess } from "@muster/store";
import { expect, it } from "vitest";
import type { BoundGroup } from "./bind.ts";
import { claimChanges } from "./claims.ts";
import { heldClock } from "./test/clock.ts";

/** A group of things that are known by their name, read as told. */
function named(read: ClaimedProvider["read"]): BoundGroup {
  const group: GroupDeclaration = {
    ...{ name: "web", slots: { kind: "named", names: ["a"] }, flavor: { name: "vanilla", properties: {} } },
    ...{ template: { name: "thing", properties: { path: "/{id}" } }, marking: { kind: "muster" } },
    ...{ rollout: {}, repair: {}, checks: [] },
  };
  const declared = { stack: "shop", name: "web", revision: "r1", slots: group.slots } as DeclaredGroup;
  const treatment = { group, flavor: {} as Flavor, marks: musterMarks };
  return {
    ...{ declared, settings: {}, treatments: { declared: treatment, former: treatment } },
    ...{ traits: { settleMs: 0, local: true }, assignment: { group } as BoundGroup["assignment"] },
    type: { known: "claim", name: "thing", naming: "path" } as ClaimedType,
    provider: { known: "claim", scope: "/", read } as ClaimedProvider,
  };
}

const create: Action = {
  kind: "create",
  version: "declared",
  intent: "i1",
  slot: "a",
  revision: "r1",
  cause: "intentional",
  why: "missing",
};
const nobody: GoodLook = { kind: "seen", startedAt: 0, members: [], verdicts: new Map() };
const free = async () => undefined;

async function storeWith(...claim: Claim[]): Promise<Store> {
  const store = memoryStore();
  const lease = await store.acquire("shop", thisProcess("none", "test"), async () => false);
  if (claim.length > 0) await store.write(lease, { claim }, 0);
  return store;
}

const mine: Claim = {
  ...{ type: "thing", scope: "/", id: "/old" },
  mark: { stack: "shop", owner: "web", slot: "old", intent: "i0", revision: "r1" },
};

it("claims a name that is free before it is made, and leaves alone what is there and not Muster's", async () => {
  const clock = heldClock();
  const fresh = await claimChanges(named(free), [create], nobody, emptyMemory(), await storeWith(), clock);
  expect(fresh.claim).toMatchObject([{ id: "/a", mark: { intent: "i1" } }]);
  const stranger = { id: "/a", tags: {}, phase: "running", properties: {}, since: 0 } as const;
  const there = named(async () => stranger);
  const taken = await claimChanges(there, [create], nobody, emptyMemory(), await storeWith(), clock);
  expect(taken.claim).toEqual([]);
  expect(taken.taken.get("i1")).toContain("is not Muster's");
});

it("gives up a claim on what is gone, but not while an empty look waits to be confirmed", async () => {
  const store = await storeWith(mine);
  const changes = (vanishedAt: number | null) =>
    claimChanges(named(free), [], nobody, { ...emptyMemory(), vanishedAt }, store, heldClock());
  expect((await changes(null)).release).toMatchObject([{ id: "/old" }]);
  expect((await changes(0)).release).toEqual([]);
});

it("waits for a name that cannot be read no longer than its deadline", async () => {
  const clock = heldClock();
  const hanging = named(() => new Promise(() => undefined));
  const asked = claimChanges(hanging, [create], nobody, emptyMemory(), await storeWith(), clock);
  const refused = expect(asked).rejects.toMatchObject({ kind: "unknown" });
  await clock.advance(60_000);
  await refused;
});
