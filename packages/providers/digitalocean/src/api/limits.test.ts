import { describe, expect, it } from "vitest";
import { logicalTime, signal } from "../test/answering.ts";
import { limitsOf } from "./limits.ts";

function fresh() {
  const time = logicalTime();
  return { ...time, limits: limitsOf(time.io.now, time.waits) };
}

describe("the limit of requests", () => {
  it("lets 250 go at once, and then four or so a second", async () => {
    const { limits, waited } = fresh();
    for (let sent = 0; sent < 250; sent++) await limits.turn(signal);
    expect(waited).toEqual([]);
    await limits.turn(signal);
    await limits.turn(signal);
    expect(waited).toEqual([240, 240]);
  });

  it("lets those who ask at once go one after another", async () => {
    const { io, waits } = logicalTime();
    const waited: number[] = [];
    const limits = limitsOf(io.now, { ...waits, rest: async (ms) => void waited.push(ms) });
    for (let sent = 0; sent < 250; sent++) await limits.turn(signal);
    await Promise.all(Array.from({ length: 3 }, () => limits.turn(signal)));
    expect(waited).toEqual([240, 480, 720]);
  });

  it("of an hour is heeded as the answers tell it: others may use the same token", async () => {
    const { limits, waited } = fresh();
    limits.heed(new Headers({ "ratelimit-remaining": "0" }));
    await limits.turn(signal);
    expect(waited).toEqual([720]);
  });

  it("holds everybody for as long as a refusal says", async () => {
    const { limits, waited } = fresh();
    expect(limits.refused(new Headers({ "retry-after": "30", "ratelimit-remaining": "4000" }))).toBe("everybody");
    await limits.turn(signal);
    expect(waited).toEqual([30_000]);
  });

  it("is not waited for when it ends too late: that is said, with the time", async () => {
    const { limits, io, waited } = fresh();
    const reset = String(io.now() / 1_000 + 1_800);
    const headers = new Headers({ "ratelimit-remaining": "0", "ratelimit-reset": reset });
    const said = "the API's limit of requests is used up until 00:30:00 UTC";
    expect(() => limits.refused(headers)).toThrow(said);
    await expect(limits.turn(signal)).rejects.toThrow(said);
    expect(waited).toEqual([]);
  });

  it("of one kind of request holds nobody else", async () => {
    const { limits, io, waited } = fresh();
    const reset = String(io.now() / 1_000 + 3_600);
    const headers = new Headers({ "ratelimit-remaining": "4000", "ratelimit-reset": reset });
    expect(limits.refused(headers)).toBe("this");
    await limits.turn(signal);
    expect(waited).toEqual([]);
  });
});
