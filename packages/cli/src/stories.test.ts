import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
  await house.write("checks.json", {
    checks: [
      { title: "there is a root", user: "root", exists: true },
      { title: "there is a fool", user: "no-such-fool", exists: true },
      { title: "nobody knows", http: "http://nobody.invalid/", status: 200 },
    ],
  });
});
afterEach(() => house.close());

const story = (id: string, more: object, area = "process") => ({ id, area, story: `It is ${id}.`, ...more });

async function tell(stories: readonly object[], ...words: readonly string[]) {
  const file = await house.write("stories.json", { areas: ["process", "policy"], checks: ["checks.json"], stories });
  return house.run("stories", file, ...words);
}

const GOOD = story("good", { checks: ["there is a root"] });
const SHOWN = story("shown", { evidence: [{ document: "checks.json" }] }, "policy");
const OPEN = story("open", { checks: ["there is a root"], notYet: "half of it is not made" });
const ELSEWHERE = story("elsewhere", { appliesNot: "others do that" }, "policy");
const BAD = story("bad", { checks: ["there is a root", "there is a fool"], notYet: "more is missing" });
const UNTOLD = story("untold", { checks: ["nobody knows", "there is a root"] });

describe("muster stories", () => {
  it("counts by area what is proven, shown, open, and what does not apply, and tells what is open", async () => {
    const { code, out, err } = await tell([GOOD, SHOWN, OPEN, ELSEWHERE]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        "open     open: It is open.",
        "         half of it is not made",
        "AREA       PROVEN  EVIDENCE  OPEN  APPLIES NOT",
        "process    1       -         1     -",
        "policy     -       1         -     1",
        "4 stories  1       1         1     1\n",
      ].join("\n"),
    );
  });

  it("exits with 1 where a check of a story fails, and with 4 where one could not be told", async () => {
    const failing = await tell([GOOD, BAD, UNTOLD]);
    expect(failing.code).toBe(1);
    expect(failing.out).toContain(
      "failing  bad: It is bad.\n         more is missing\n" +
        "         there is a fool (user no-such-fool: exists): expected true, found false\n" +
        "unknown  untold: It is untold.\n         nobody knows (http http://nobody.invalid/: status): could not be told:",
    );
    expect((await tell([GOOD, UNTOLD])).code).toBe(4);
  });

  it("gives a program the same, with what the checks said", async () => {
    const { code, out } = await tell([GOOD, BAD, SHOWN], "--output", "json");
    const told = JSON.parse(out);
    expect(code).toBe(1);
    expect(told.counts).toEqual({ proven: 1, evidence: 1, open: 0, "applies not": 0, failing: 1, unknown: 0 });
    expect(
      told.areas.map(({ area, counts }: { area: string; counts: { proven: number } }) => [area, counts.proven]),
    ).toEqual([
      ["process", 1],
      ["policy", 0],
    ]);
    expect(told.stories[1]).toMatchObject({ id: "bad", standing: "failing", why: "more is missing" });
    expect(told.stories[1].results.map(({ verdict }: { verdict: string }) => verdict)).toEqual(["pass", "fail"]);
    expect(told.stories[2].evidence).toEqual([{ kind: "document", document: "checks.json" }]);
  });

  it("asks nothing where the stories are invalid", async () => {
    const { code, out, err } = await tell([story("lost", { checks: ["there is a rot"] })]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("error[declaration.bad-story]: lost: no check of the files under `checks` has the title");
    expect(err).toMatch(/stories\.json:\d+:\d+ \(stories\[0\]\.checks\[0\]\)/);
  });
});
