import type { Seen } from "@muster/engine";
import { type JsonObject, PASS, type Verdict } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import type { Treatment } from "./bind.ts";
import { heldClock } from "./test/clock.ts";
import { healthQuestions } from "./verdicts.ts";

const never = new Promise<never>(() => undefined);
const silent: Verdict = { kind: "unknown", reason: "flavor probed did not answer within 10 s" };

describe("verdicts", () => {
  it("are the flavor's own answer about each member", async () => {
    const flavor = probed(async ({ id }) => (id === "i-3" ? { kind: "fail", reason: "ill" } : PASS));
    const verdicts = await healthQuestions(heldClock())(members(40), flavor);
    expect(verdicts.size).toBe(40);
    expect(verdicts.get("i-3")).toEqual({ kind: "fail", reason: "ill" });
    expect(verdicts.get("i-39")).toEqual(PASS);
  });

  it("are asked for with the flavor's properties in the member's own words", async () => {
    const asked: unknown[] = [];
    const health: Flavor["health"] = async (_, properties) => {
      asked.push(properties["url"]);
      return PASS;
    };
    const [member] = members(1);
    if (member === undefined) throw new Error("there is one");
    const listening = { ...member, mark: { ...member.mark, port: "20001", slot: "7" } };
    await healthQuestions(heldClock())(
      [listening],
      probed(health, { url: "http://127.0.0.1:${self.port}/${self.slot}" }),
    );
    expect(asked).toEqual(["http://127.0.0.1:20001/7"]);
  });

  it("are those of their provider where they have ended: no flavor is asked", async () => {
    const flavor = probed(() => Promise.reject(new Error("nobody is there to be asked")));
    const ended = members(1).map((each) => ({ ...each, phase: "ended", reason: "exited with code 3" }) as const);
    const verdicts = await healthQuestions(heldClock())(ended, flavor);
    expect(verdicts.get("i-0")).toEqual({ kind: "fail", reason: "exited with code 3" });
  });

  it("are the provider's own word where the flavor knows of no health", async () => {
    const seen = members(3).map((member, at) => (at === 1 ? { ...member, ill: "it answers nobody" } : member));
    const verdicts = await healthQuestions(heldClock())(seen, unprobed);
    expect(verdicts.get("i-0")).toEqual(PASS);
    expect(verdicts.get("i-1")).toEqual({ kind: "fail", reason: "it answers nobody" });
  });

  it("are unknown of a member whose flavor throws", async () => {
    const flavor = probed(() => Promise.reject(new Error("no answer")));
    const verdicts = await healthQuestions(heldClock())(members(1), flavor);
    expect(verdicts.get("i-0")).toEqual({ kind: "unknown", reason: "no answer" });
  });

  it("are asked for sixteen at once", async () => {
    const clock = heldClock();
    const answers: (() => void)[] = [];
    const flavor = probed(() => new Promise((resolve) => answers.push(() => resolve(PASS))));
    const asked = healthQuestions(clock)(members(20), flavor);
    expect(answers).toHaveLength(16);
    for (const answer of answers.slice(0, 3)) answer();
    await clock.advance(0);
    expect(answers).toHaveLength(19);
    for (const answer of answers) answer();
    await clock.advance(0);
    answers.at(-1)?.();
    expect((await asked).size).toBe(20);
  });

  it("are unknown of everybody when the time of the look is over, however many there are", async () => {
    const clock = heldClock();
    const asked = healthQuestions(clock)(
      members(64),
      probed(() => never),
    );
    await clock.advance(10_000);
    const verdicts = await asked;
    expect(verdicts.size).toBe(64);
    expect(verdicts.get("i-0")).toEqual(silent);
    expect(verdicts.get("i-63")).toMatchObject({ kind: "unknown", reason: expect.stringContaining("not asked about") });
  });

  it("are asked of those who did not answer after the others, the next time", async () => {
    const clock = heldClock();
    const ask = healthQuestions(clock);
    const flavor = probed(({ id }) => (Number(id.slice(2)) < 16 ? never : Promise.resolve(PASS)));
    const passing = async () => {
      const asked = ask(members(18), flavor);
      await clock.advance(10_000);
      return [...(await asked).values()].filter(({ kind }) => kind === "pass").length;
    };
    expect(await passing()).toBe(0);
    expect(await passing()).toBe(2);
  });
});

function members(count: number): readonly Seen[] {
  const mark = { stack: "shop", owner: "web", revision: "r" };
  const common = { mark, tags: {}, phase: "running", properties: {}, since: 0 } as const;
  return Array.from({ length: count }, (_, index) => ({ ...common, id: `i-${index}` }));
}

/** Every member is treated by a flavor that answers so. */
function probed(health: NonNullable<Flavor["health"]>, properties: JsonObject = {}): () => Treatment {
  return treatedBy({ name: "probed", health } as Flavor, properties);
}

const unprobed = treatedBy({ name: "unprobed" } as Flavor);

function treatedBy(flavor: Flavor, properties: JsonObject = {}): () => Treatment {
  const group = {
    ...{ flavor: { name: flavor.name, properties }, marking: { kind: "muster" }, slots: { kind: "numbered", size: 1 } },
  } as Treatment["group"];
  return () => ({ group, flavor, marks: {} as Treatment["marks"] });
}
