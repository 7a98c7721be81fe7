import { isConverged, musterMarks } from "@muster/model";
import type { StackKeeper } from "@muster/runtime";
import { memoryStore, type Store } from "@muster/store";
import { describe, expect, it, vi } from "vitest";
import { documentOf, keeping, meadow } from "./support/meadow.ts";

const one = documentOf({ web: { size: 1, note: "a" } });

function converged(keeper: StackKeeper): boolean {
  const status = keeper.groups()[0]?.status;
  return status !== undefined && isConverged(status) && status.observedGeneration === keeper.declaration()?.generation;
}

describe("a declaration that comes while Muster looks", () => {
  it("is what the group is kept as from then on", async () => {
    const field = meadow();
    const keeper = await keeping(field);
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(converged(keeper)).toBe(true));
    field.holdLooks();
    keeper.wake();
    await vi.waitFor(() => expect(field.looking()).toBe(1));
    await keeper.scale("web", 3, "user:ann");
    field.letLook();
    await vi.waitFor(() => expect(field.things.size).toBe(3));
    await vi.waitFor(() => expect(converged(keeper)).toBe(true));
    await keeper.close();
  });
});

describe("the first look of a Muster that starts again", () => {
  it("changes the member that it says it has changed", async () => {
    const field = meadow();
    const store = memoryStore();
    const first = await keeping(field, store);
    await first.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(converged(first)).toBe(true));
    await first.close();
    const [made] = field.things.values();
    field.put(made?.id ?? "", { note: "by hand" }, made?.tags ?? {});
    const second = await keeping(field, store);
    await vi.waitFor(() => expect(converged(second)).toBe(true));
    const told = await store.events({ types: ["instance.updated"] });
    expect(field.calls).toEqual(["create", `update ${made?.id}`]);
    expect(told).toHaveLength(1);
    await second.close();
  });
});

describe("a group that is let go", () => {
  it("is not acted upon afterwards, however late its last look ends", async () => {
    const field = meadow();
    const keeper = await keeping(field);
    field.holdLooks();
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(field.looking()).toBe(1));
    await keeper.free("web", "user:ann");
    field.letLook();
    await keeper.close();
    expect(field.calls).toEqual([]);
  });

  it("is kept on when that could not be written down", async () => {
    const field = meadow();
    const { store, fail } = failing(memoryStore());
    const keeper = await keeping(field, store);
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(converged(keeper)).toBe(true));
    fail(1);
    await expect(keeper.free("web", "user:ann")).rejects.toThrow("no room");
    field.things.clear();
    keeper.wake();
    await vi.waitFor(() => expect(field.things.size).toBe(1));
    await keeper.close();
  });
});

describe("a group that is destroyed", () => {
  it("is forgotten at a later look when that could not be written down at first", async () => {
    const field = meadow();
    const { store, failRemoval } = failing(memoryStore());
    const keeper = await keeping(field, store);
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(converged(keeper)).toBe(true));
    failRemoval();
    await keeper.destroy("web", "user:ann");
    await vi.waitFor(() => expect(field.things.size).toBe(0));
    await vi.waitFor(() => {
      keeper.wake();
      expect(keeper.groups()).toEqual([]);
    });
    await keeper.close();
  });
});

describe("members that a person wants gone", () => {
  it("are told not to have been written down when Muster ends before", async () => {
    const field = meadow();
    const keeper = await keeping(field);
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(converged(keeper)).toBe(true));
    const [made] = field.things.keys();
    field.holdLooks();
    const asked = keeper.destroyInstances("web", [made ?? ""], "user:ann");
    await vi.waitFor(() => expect(field.looking()).toBe(1));
    const refused = expect(asked).rejects.toMatchObject({ code: "stack.lost" });
    await keeper.close();
    await refused;
    field.letLook();
    expect(field.things.size).toBe(1);
  });
});

describe("a member that its flavor could not start", () => {
  it("is made anew, and its going is not told as somebody else's doing", async () => {
    const field = meadow();
    const store = memoryStore();
    const { promise: refusal, reject: refuse } = Promise.withResolvers<void>();
    let starts = 0;
    const keeper = await keeping(field, store, { started: async () => (starts++ === 0 ? refusal : undefined) });
    await keeper.commit(one, "stack.yaml", "user:ann");
    await vi.waitFor(() => expect(starts).toBe(1));
    keeper.wake();
    await vi.waitFor(() => expect(keeper.members("web")).toMatchObject([{ id: "i-0" }]));
    expect(converged(keeper)).toBe(false);
    refuse(new Error("the register is closed"));
    await vi.waitFor(() => expect(converged(keeper)).toBe(true), 10_000);
    expect(field.calls).toEqual(["create", "destroy i-0", "create"]);
    expect(await store.events({ types: ["instance.failed"] })).toMatchObject([
      { event: { message: "create failed: i-0 was made and could not be started: the register is closed" } },
    ]);
    expect(await store.events({ types: ["instance.vanished"] })).toEqual([]);
    await keeper.close();
  });
});

it("leaves alone what bears another group's mark, whatever a list shows", async () => {
  const field = meadow();
  field.put("theirs", {}, musterMarks.write({ stack: "shop", owner: "db", slot: "0", intent: "x", revision: "r" }));
  const keeper = await keeping(field);
  await keeper.commit(documentOf({ web: { size: 0 } }), "stack.yaml", "user:ann");
  await vi.waitFor(() => expect(converged(keeper)).toBe(true));
  expect([...field.things.keys()]).toEqual(["theirs"]);
  await keeper.close();
});

/** A store whose next writes fail, or the first one that forgets the stack. */
function failing(store: Store) {
  let left = 0;
  let removal = false;
  const wrapped: Store = {
    ...store,
    async write(lease, writes, now) {
      if (removal && writes.declaration === null) {
        removal = false;
        throw new Error("no room");
      }
      if (left > 0) {
        left--;
        throw new Error("no room");
      }
      return store.write(lease, writes, now);
    },
  };
  return {
    store: wrapped,
    fail(writes: number) {
      left = writes;
    },
    failRemoval() {
      removal = true;
    },
  };
}
