import { conditionOf } from "@muster/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardIn, openBoards } from "./test/board.ts";
import { type House, type Running, until } from "./test/house.ts";

describe.concurrent("repairing a group on the real command", () => {
  let house: House;
  let serve: Running;
  beforeAll(async () => {
    ({ house, serve } = await openBoards());
  });
  afterAll(() => house.close());

  it("replaces one that fails; where many fail together none is destroyed, until the cause is gone", async () => {
    const ill = boardIn(house, "ill", () => serve);
    await ill.apply({ size: 4 });
    const [first = ""] = ill.files();
    ill.scribble(1, "bad");
    await until(() => !ill.files().includes(first) && ill.notes().join() === "v1,v1,v1,v1");
    await ill.is("converged");

    ill.scribble(3, "bad");
    await ill.is("stalled");
    expect(conditionOf((await ill.detail()).status ?? never(), "Stalled")).toMatchObject({
      reason: "Breaker",
      message: "3 of 4 members fail together: none of them is destroyed until the cause they share is mended",
    });
    expect(ill.notes()).toEqual(["bad", "bad", "bad", "v1"]);
    const members = (await ill.detail()).members.filter(({ state }) => state === "unhealthy");
    expect(members.map(({ reason }) => reason)).toEqual(["it says `bad`", "it says `bad`", "it says `bad`"]);

    ill.scribble(4, "v1");
    await ill.is("converged");
    const events = await ill.events();
    expect(events.filter(({ type }) => type === "instance.destroyed")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "instance.recovered")).toHaveLength(3);
  });

  it("quarantines what never comes up, and keeps one to be looked into", async () => {
    const never = boardIn(house, "never", () => serve);
    const { code, err } = await never.apply({ size: 2, note: "bad", repair: { quarantineAfter: 2 } });
    expect(err).toMatch(
      /^error\[group\.not-converged\]: group `never\/web` is not as declared: revision \w+ failed 2 times in a row and is quarantined; instance-\d+ is kept to be looked into; tried again at/,
    );
    expect(code).toBe(1);
    await never.is("quarantined");
    expect((await never.events()).filter(({ type }) => type === "instance.created")).toHaveLength(2);
    expect((await never.group("describe")).out).toMatch(
      /^instance-\d+ +\d +unhealthy .* kept to be looked into: it says `bad`$/m,
    );
    expect(await never.apply({ size: 2, note: "v2" })).toMatchObject({ code: 0, err: "" });
    expect(never.notes()).toEqual(["v2", "v2"]);
  });

  it("makes no more in an hour than it may", async () => {
    const storm = boardIn(house, "storm", () => serve);
    const repair = { createsPerHour: 3 };
    expect((await storm.apply({ size: 3, repair })).code).toBe(0);
    const { code, err } = await storm.apply({ size: 3, note: "v2", repair });
    expect(err).toContain("3 were made within the hour, and no more may be (repair.createsPerHour)");
    expect([code, storm.notes()]).toEqual([1, ["v1", "v1", "v1"]]);
  });
});

function never(): never {
  throw new Error("nothing has been seen of it");
}
