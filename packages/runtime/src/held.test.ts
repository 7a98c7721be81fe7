import type { Status } from "@muster/model";
import { memoryStore } from "@muster/store";
import { describe, expect, it } from "vitest";
import type { Assignment } from "./bind.ts";
import { holdGroup } from "./held.ts";
import { recollect } from "./recollect.ts";
import { heldClock } from "./test/clock.ts";

const WEB: Assignment = {
  ...{ stack: "shop", generation: 1, goal: "keep", dialect: "muster", former: undefined, settings: () => ({}) },
  steered: { reverted: false, promoted: false, retriedIn: 0 },
  group: {
    ...{
      name: "web",
      slots: { kind: "numbered", size: 3 },
      rollout: {},
      repair: {},
      checks: [],
      marking: { kind: "muster" },
    },
    ...{ template: { name: "instance-file", properties: {} }, flavor: { name: "vanilla", properties: {} } },
  },
};

async function storeWith(memory: Record<string, object>) {
  const store = memoryStore();
  const holder = { pid: 1, started: "", boot: "", namespace: "", socket: "", command: "serve" };
  const lease = await store.acquire("shop", holder, async () => false);
  await store.write(lease, { memory: JSON.parse(JSON.stringify(memory)) }, 1);
  return store;
}

describe("a group whose memory cannot be read", () => {
  it("does not keep the others from being remembered", async () => {
    const store = await storeWith({ web: { version: 1, calls: [{}] }, api: { version: 1, calls: [] } });
    expect(await recollect(store, "shop", "web")).toMatchObject({ code: "store.damaged" });
    expect(await recollect(store, "shop", "api")).toMatchObject({ calls: [], lastCount: 0 });
  });

  it("is held, says why and what to do, and does nothing", async () => {
    const why = await recollect(await storeWith({ web: { version: 1, calls: [{}] } }), "shop", "web");
    if (!(why instanceof Error)) throw new Error("it was read");
    const told: Status[] = [];
    const held = holdGroup(WEB, why, heldClock(), (status) => void told.push(status));
    held.assign({ ...WEB, generation: 2 });
    expect(told.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(held.status()?.conditions).toContainEqual(
      expect.objectContaining({
        ...{ name: "Stalled", holds: true, reason: "store.damaged" },
        message: expect.stringContaining("`muster group free shop/web`"),
      }),
    );
    await expect(held.doom({ ids: ["a"], fate: "destroyed", next: WEB, writes: {} })).rejects.toBe(why);
    await held.stop();
  });
});
