/** What InfraKit's group was seen to do wrong (weak points 1 to 18), shown not to happen in Muster. */
import { ProviderError } from "@muster/plugin";
import { memoryStore } from "@muster/store";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Kept, keep, web } from "./support/kept.ts";
import { gate, type LyingWorld, loseAnswer, lyingWorld } from "./support/lying-provider.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const FAIL = { kind: "fail", reason: "500" } as const;
const running: Kept[] = [];

async function start(world: LyingWorld, store = memoryStore()): Promise<Kept> {
  const kept = await keep(world, store);
  running.push(kept);
  return kept;
}

function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), DEADLINE);
}

const statusOf = ({ keeper }: Kept) => keeper.groups()[0]?.status;

afterEach(async () => {
  for (const { keeper } of running.splice(0)) await keeper.close();
});

describe("weak point 1: a command that times out wedges the manager", () => {
  it("answers and takes commands while a call to a provider hangs", async () => {
    const world = lyingWorld();
    const hanging = gate();
    world.beforeAnswer = hanging.pass;
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(() => hanging.waiting() === 2);
    await kept.keeper.scale("web", 3, "user:ann");
    await until(() => hanging.waiting() === 3);
    expect(kept.keeper.members("web")).toHaveLength(3);
    expect(kept.converged()).toBe(false);
    hanging.open();
    await until(kept.converged);
  });
});

describe("weak point 2: converged with 0 of 3 instances", () => {
  it("is converged only when all of them were seen", async () => {
    const world = lyingWorld();
    const hanging = gate();
    world.beforeAnswer = hanging.pass;
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
    await until(() => statusOf(kept) !== undefined && hanging.waiting() === 3);
    expect(kept.converged()).toBe(false);
    hanging.open();
    await until(kept.converged);
    expect(world.instances.size).toBe(3);
  });
});

describe("weak point 3: a drain error abandons the rollout, and overlapping commits race", () => {
  it("goes on by force, says so in the history, and ends at the last of many commits", async () => {
    const world = lyingWorld();
    world.onDrain = async () => {
      throw new Error("no such upstream");
    };
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(kept.converged);
    await Promise.all(
      [2, 3, 4].map((version) => kept.keeper.commit(web({ size: 2 }, { note: `v${version}` }), "test", "user:ann")),
    );
    await until(kept.converged);
    expect([...world.instances.values()].map(({ properties }) => properties["note"])).toEqual(["v4", "v4"]);
    expect(kept.events.filter(({ message }) => message.includes("by force: no such upstream"))).not.toEqual([]);
  });
});

describe("weak point 4: unhealthy instances are never replaced", () => {
  it("replaces one though nothing was declared anew", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
    await until(kept.converged);
    const [ill = ""] = world.instances.keys();
    world.health = ({ id }) => (id === ill ? FAIL : { kind: "pass" });
    kept.keeper.wake();
    await until(() => !world.instances.has(ill) && kept.converged());
    expect(kept.events.find(({ type }) => type === "instance.destroyed")).toMatchObject({
      instance: ill,
      cause: "corrective",
    });
  });
});

describe("weak point 5: scale-out blocks while an instance is unhealthy", () => {
  it("makes the new ones all the same", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(kept.converged);
    const ill = new Set(world.instances.keys());
    world.health = ({ id }) => (ill.has(id) ? FAIL : { kind: "pass" });
    await kept.keeper.scale("web", 6, "user:ann");
    await until(() => world.instances.size >= 6);
  });
});

describe("weak point 6: destroy during provisioning leaves orphans", () => {
  it("waits for what is being made, and destroys that too", async () => {
    const world = lyingWorld();
    const hanging = gate();
    world.beforeAnswer = hanging.pass;
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
    await until(() => hanging.waiting() === 3);
    await kept.keeper.destroy("web", "user:ann");
    hanging.open();
    await until(() => kept.keeper.groups().length === 0);
    expect(world.instances.size).toBe(0);
  });
});

describe("weak point 7: a lagging list, or a slow provision, makes too many", () => {
  it("makes as many as declared though the list lags", async () => {
    const world = lyingWorld(400);
    world.lagMs = 300;
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 5 }), "test", "user:ann");
    await until(() => {
      kept.keeper.wake();
      return kept.converged();
    });
    expect(world.calls.create).toBe(5);
  });

  it("makes none again whose answer was lost", async () => {
    const world = lyingWorld(400);
    world.lagMs = 300;
    world.beforeAnswer = loseAnswer;
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(() => {
      kept.keeper.wake();
      return kept.converged();
    });
    expect(world.calls.create).toBe(2);
  });
});

describe("weak point 8: destroying an unknown instance shrinks the group", () => {
  it("refuses, names the nearest, and changes nothing", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(kept.converged);
    const refused = kept.keeper.destroyInstances("web", ["lie-0009"], "user:ann");
    await expect(refused).rejects.toMatchObject({ code: "instance.not-found" });
    expect(kept.keeper.groups()[0]?.size).toBe(2);
    expect(world.instances.size).toBe(2);
  });

  it("destroys the one that was named and makes the group smaller by it", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
    await until(kept.converged);
    const [first = ""] = world.instances.keys();
    await kept.keeper.destroyInstances("web", [first], "user:ann");
    await until(() => world.instances.size === 2 && kept.converged());
    expect(world.instances.has(first)).toBe(false);
    expect(world.calls.create).toBe(3);
  });
});

describe("weak point 9: names committed over a size kill all and leave none", () => {
  it("goes over one by one", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
    await until(kept.converged);
    let fewest = 3;
    world.beforeList = async () => {
      fewest = Math.min(fewest, world.instances.size);
    };
    await kept.keeper.commit(web({ members: ["a", "b", "c"] }), "test", "user:ann");
    await until(kept.converged);
    expect(
      kept.keeper
        .members("web")
        .map(({ slot }) => slot)
        .sort(),
    ).toEqual(["a", "b", "c"]);
    expect(fewest).toBeGreaterThanOrEqual(2);
  });
});

describe("weak point 10: scale to 0 is refused, and a flavor without properties makes nothing", () => {
  it("scales to 0 and back", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 2 }), "test", "user:ann");
    await until(kept.converged);
    await kept.keeper.scale("web", 0, "user:ann");
    await until(() => world.instances.size === 0 && kept.converged());
    await kept.keeper.scale("web", 2, "user:ann");
    await until(() => world.instances.size === 2 && kept.converged());
  });
});

describe("weak point 11: a restart in mid-rollout leaves mixed revisions", () => {
  it("goes on from where it was", async () => {
    const world = lyingWorld();
    const store = memoryStore();
    const first = await keep(world, store);
    await first.keeper.commit(web({ size: 4 }), "test", "user:ann");
    await until(first.converged);
    const hanging = gate();
    let drained = 0;
    world.onDrain = async () => (drained++ === 1 ? hanging.pass() : undefined);
    await first.keeper.commit(web({ size: 4 }, { note: "v2" }), "test", "user:ann");
    await until(() => hanging.waiting() === 1);
    const closing = first.keeper.close();
    hanging.open();
    await closing;
    const notes = () => [...world.instances.values()].map(({ properties }) => properties["note"]);
    expect(notes()).toContain("v1");
    const second = await start(world, store);
    await until(second.converged);
    expect(notes()).toEqual(["v2", "v2", "v2", "v2"]);
  });
});

describe("weak point 12: invalid declarations are kept and hot-loop after a restart", () => {
  it("writes nothing of a declaration that cannot be read", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 1 }), "test", "user:ann");
    await until(kept.converged);
    await expect(kept.keeper.commit(web({ size: -1 }), "test", "user:ann")).rejects.toThrow();
    expect(await kept.store.declaration("shop")).toMatchObject({ generation: 1, document: web({ size: 1 }) });
  });
});

describe("weak point 17: groups tell nothing", () => {
  it("writes who did what and why, and what came of it", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 1 }), "test", "user:ann");
    await until(kept.converged);
    const [id = ""] = world.instances.keys();
    world.instances.delete(id);
    kept.keeper.wake();
    await until(() => world.instances.size === 1 && kept.converged());
    const told = kept.events.map(({ type, cause, actor }) => `${type} ${cause} ${actor}`);
    expect(told).toEqual([
      "stack.committed intentional user:ann",
      "group.committed intentional user:ann",
      "group.decided intentional muster",
      "instance.created intentional muster",
      "group.converged intentional muster",
      "instance.vanished corrective muster",
      "group.decided corrective muster",
      "instance.created corrective muster",
      "group.converged corrective muster",
    ]);
  });
});

describe("weak point 18: one instance per tick", () => {
  it("makes a hundred in one wave", async () => {
    const world = lyingWorld();
    const kept = await start(world);
    await kept.keeper.commit(web({ size: 100 }), "test", "user:ann");
    await until(kept.converged);
    expect(kept.events.filter(({ type }) => type === "group.decided")).toHaveLength(1);
    expect(world.instances.size).toBe(100);
  });
});

it("says why it waits when creating fails, tries with one, and goes on by itself", async () => {
  const world = lyingWorld();
  world.beforeCreate = async () => {
    throw new ProviderError("no-space", "the disk is full");
  };
  const kept = await start(world);
  await kept.keeper.commit(web({ size: 3 }), "test", "user:ann");
  await until(() => kept.events.some(({ type }) => type === "group.stalled"));
  const stalled = kept.keeper.groups().flatMap(({ status }) => status?.conditions ?? []);
  expect(stalled).toContainEqual(expect.objectContaining({ name: "Stalled", holds: true, reason: "CreateFailed" }));
  expect(world.calls.create).toBe(3);
  world.beforeCreate = async () => undefined;
  await until(kept.converged);
  expect(world.calls.create).toBe(6);
  expect(kept.events.some(({ type }) => type === "group.resumed")).toBe(true);
});

it("ends within its grace though a call hangs, and the next start makes nothing twice", async () => {
  const world = lyingWorld();
  const store = memoryStore();
  const hanging = gate();
  world.beforeAnswer = hanging.pass;
  const first = await keep(world, store);
  await first.keeper.commit(web({ size: 2 }), "test", "user:ann");
  await until(() => hanging.waiting() === 2);
  await first.keeper.close(50);
  const second = await start(world, store);
  await until(second.converged);
  expect(world.calls.create).toBe(2);
});

it("paces an update that is answered and comes to something else, and says of which property", async () => {
  const world = lyingWorld();
  world.writes = (properties) => ({ ...properties, label: "W" });
  const kept = await start(world);
  await kept.keeper.commit(web({ size: 1 }, { label: "v" }), "test", "user:ann");
  await until(kept.converged);
  await kept.keeper.commit(web({ size: 1 }, { label: "w" }), "test", "user:ann");
  const stalls = () => kept.events.filter(({ type }) => type === "group.stalled");
  await until(() => stalls().length > 0);
  const looks = world.calls.list;
  await until(() => {
    kept.keeper.wake();
    return world.calls.list >= looks + 20;
  });
  expect(world.calls.update).toBeLessThan(5);
  expect(stalls().map(({ message }) => message)).toEqual([
    "lie-0000: the update was answered, and the look shows another label",
  ]);
  world.writes = (properties) => properties;
  await until(kept.converged);
});

it("makes nobody twice when every second list leaves most of them out", async () => {
  const world = lyingWorld(1);
  const kept = await start(world);
  await kept.keeper.commit(web({ size: 5, rollout: { minReady: "0s", initialDelay: "0s" } }), "test", "user:ann");
  await until(kept.converged);
  const whole = world.calls.list;
  world.lists = (instances) => (world.calls.list % 2 === 0 ? instances.slice(0, 1) : instances);
  await until(() => {
    kept.keeper.wake();
    return world.calls.list >= whole + 20;
  });
  expect(world.calls).toMatchObject({ create: 5, destroy: 0 });
});
