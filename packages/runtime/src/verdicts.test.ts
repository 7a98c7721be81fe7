import type { Seen } from "@muster/engine";
import { PASS, type Verdict } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import type { Treatment } from "./bind.ts";
import { heldClock } from "./test/clock.ts";
import { verdictsOn } from "./verdicts.ts";

const never = new Promise<never>(() => undefined);
const silent: Verdict = { kind: "unknown", reason: "flavor probed did not answer within 10 s" };

describe("verdicts", () => {
  it("are the flavor's own answer about each member", async () => {
    const flavor = probed(async ({ id }) => (id === "i-3" ? { kind: "fail", reason: "ill" } : PASS));
    const verdicts = await verdictsOn(members(40), flavor, heldClock());
    expect(verdicts.size).toBe(40);
    expect(verdicts.get("i-3")).toEqual({ kind: "fail", reason: "ill" });
    expect(verdicts.get("i-39")).toEqual(PASS);
  });

  it("are unknown of a member whose flavor throws", async () => {
    const flavor = probed(() => Promise.reject(new Error("no answer")));
    const verdicts = await verdictsOn(members(1), flavor, heldClock());
    expect(verdicts.get("i-0")).toEqual({ kind: "unknown", reason: "no answer" });
  });

  it("are asked for sixteen at once", async () => {
    const clock = heldClock();
    const answers: (() => void)[] = [];
    const flavor = probed(() => new Promise((resolve) => answers.push(() => resolve(PASS))));
    const asked = verdictsOn(members(20), flavor, clock);
    expect(answers).toHaveLength(16);
    for (const answer of answers.slice(0, 3)) answer();
    await clock.advance(0);
    expect(answers).toHaveLength(19);
    for (const answer of answers) answer();
    await clock.advance(0);
    answers.at(-1)?.();
    expect((await asked).size).toBe(20);
  });

  it("are unknown of those who do not answer within 10 s, and the others are asked all the same", async () => {
    const clock = heldClock();
    const flavor = probed(({ id }) => (Number(id.slice(2)) < 16 ? never : Promise.resolve(PASS)));
    const asked = verdictsOn(members(18), flavor, clock);
    await clock.advance(10_000);
    const verdicts = await asked;
    expect(verdicts.get("i-0")).toEqual(silent);
    expect([...verdicts.values()].filter(({ kind }) => kind === "pass")).toHaveLength(2);
  });

  it("give those who are asked later as long as the others", async () => {
    const clock = heldClock();
    const first = Promise.withResolvers<Verdict>();
    const flavor = probed(({ id }) => (id === "i-0" ? first.promise : never));
    let verdicts: ReadonlyMap<string, Verdict> | undefined;
    void verdictsOn(members(17), flavor, clock).then((all) => {
      verdicts = all;
    });
    await clock.advance(6_000);
    first.resolve(PASS);
    await clock.advance(9_999);
    // The seventeenth was asked when the first had answered.
    expect(verdicts).toBeUndefined();
    await clock.advance(1);
    expect(verdicts?.get("i-0")).toEqual(PASS);
    expect(verdicts?.get("i-16")).toEqual(silent);
  });
});

function members(count: number): readonly Seen[] {
  const mark = { stack: "shop", owner: "web", revision: "r" };
  const common = { mark, tags: {}, phase: "running", properties: {}, since: 0 } as const;
  return Array.from({ length: count }, (_, index) => ({ ...common, id: `i-${index}` }));
}

/** Every member is treated by a flavor that answers so. */
function probed(health: NonNullable<Flavor["health"]>): () => Treatment {
  const flavor = { name: "probed", health } as Flavor;
  const group = { flavor: { name: "probed", properties: {} } } as Treatment["group"];
  return () => ({ group, flavor, marks: {} as Treatment["marks"] });
}
