import { ProviderError } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { actionsOn } from "./actions.ts";
import { accountAt } from "./api/account.ts";
import { type Answer, answering, json, logicalTime, signal } from "./test/answering.ts";

async function actionsFrom(...answers: [Answer, ...Answer[]]) {
  const time = logicalTime();
  const { url, asked } = await answering(...answers);
  const { droplets } = accountAt({ url, waits: time.waits, token: () => "dop_v1_token" }, time.io);
  return { ...time, asked, actions: actionsOn(droplets, time) };
}

function action(status: string, completed_at: string | null = null): Answer {
  return json({ action: { id: 5, type: "power_off", status, completed_at } }, 201);
}

const busy = json({ id: "unprocessable_entity", message: "Droplet already has a pending event." }, 422);

describe("an action", () => {
  it("is followed to its end, less and less often", async () => {
    const { actions, asked, waited } = await actionsFrom(
      action("in-progress"),
      action("in-progress"),
      action("completed"),
    );
    await actions.perform(12, { type: "power_off" }, signal);
    expect(asked.map(({ line }) => line)).toEqual([
      "POST /v2/droplets/12/actions",
      "GET /v2/droplets/12/actions/5",
      "GET /v2/droplets/12/actions/5",
    ]);
    expect(waited).toEqual([1_000]);
  });

  it("waits for the one before it: what was refused was not done", async () => {
    const { actions, asked } = await actionsFrom(busy, busy, action("in-progress"), action("completed"));
    await actions.perform(12, { type: "power_off" }, signal);
    expect(asked.filter(({ line }) => line.startsWith("POST"))).toHaveLength(3);
  });

  it("that errored has failed, though it is said to have been completed at some time", async () => {
    const { actions } = await actionsFrom(action("in-progress"), action("errored", "2026-01-01T00:00:00Z"));
    const performed = actions.perform(12, { type: "power_off" }, signal);
    await expect(performed).rejects.toThrow("power_off of droplet 12 (action 5) failed: its status is errored");
  });

  it("that never ends is not waited for longer than ten minutes, and may have been done", async () => {
    const { actions, waited } = await actionsFrom(action("in-progress"));
    const thrown = await actions.perform(12, { type: "power_off" }, signal).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(ProviderError);
    expect(thrown).toMatchObject({ kind: "unknown" });
    const minutes = waited.reduce((sum, each) => sum + each, 0) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(10);
    expect(minutes).toBeLessThan(10.5);
  });
});

describe("changes of one droplet", () => {
  it("are made one after another, also after one that failed; those of others are not held up", async () => {
    const { actions } = await actionsFrom(json({}));
    const told: string[] = [];
    let fail: (reason: Error) => void = () => undefined;
    const first = actions.inTurn(
      12,
      () =>
        new Promise<void>((_, reject) => {
          fail = reject;
        }),
    );
    const second = actions.inTurn(12, async () => void told.push("second"));
    await actions.inTurn(13, async () => void told.push("another"));
    expect(told).toEqual(["another"]);
    fail(new Error("it failed"));
    await expect(first).rejects.toThrow("it failed");
    await second;
    expect(told).toEqual(["another", "second"]);
  });
});
