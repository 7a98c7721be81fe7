import type { Seen } from "@muster/engine";
import { type Check, type JsonObject, PASS, type Verdict } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import type { Treatment } from "./bind.ts";
import type { AskChecks } from "./checks/whom.ts";
import { heldClock } from "./test/clock.ts";
import { type Checking, healthQuestions } from "./verdicts.ts";

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

  it("are those of the checks where the member is healthy", async () => {
    const asked: unknown[] = [];
    const checking = checkingBy(async (checks, whom) => {
      asked.push([checks.map(({ subject }) => subject), whom]);
      return checks.map(({ subject }) => (String(subject).endsWith("i-1") ? ILL : PASS));
    });
    const flavor = probed(async ({ id }) => (id === "i-2" ? { kind: "fail", reason: "ill" } : PASS), {}, [
      page("http://${self.slot}"),
    ]);
    const seen = members(3).map((each) => ({ ...each, mark: { ...each.mark, slot: each.id } }));
    const verdicts = await healthQuestions(heldClock())(seen, flavor, checking);
    expect(Object.fromEntries(verdicts)).toEqual({
      "i-0": PASS,
      "i-1": { kind: "fail", reason: "check http http://i-1: status: expected 200", by: "checks" },
      "i-2": { kind: "fail", reason: "ill" },
    });
    expect(asked).toEqual([
      [["http://i-0"], { kind: "nobody", why: "i-0" }],
      [["http://i-1"], { kind: "nobody", why: "i-1" }],
    ]);
  });

  it("are those of the checks also where the flavor knows of no health, and of nobody who has ended", async () => {
    const failing = checkingBy(async (checks) => checks.map(() => ILL));
    const [first, second] = members(2);
    if (first === undefined || second === undefined) throw new Error("there are two");
    const seen = [first, { ...second, phase: "ended", reason: "exited" } as const];
    const flavor = treatedBy({ name: "unprobed" } as Flavor, {}, [page("http://a"), page("http://b")]);
    const verdicts = await healthQuestions(heldClock())(seen, flavor, failing);
    expect(verdicts.get("i-0")).toMatchObject({ kind: "fail", reason: expect.stringContaining("; and 1 more") });
    expect(verdicts.get("i-1")).toEqual({ kind: "fail", reason: "exited" });
  });

  it("are unknown where nobody can tell of a check, and say why", async () => {
    const broken = checkingBy(() => Promise.reject(new Error("no shell")));
    const flavor = treatedBy({ name: "unprobed" } as Flavor, {}, [page("http://a:${self.port}")]);
    const listening = members(1).map((each) => ({ ...each, mark: { ...each.mark, port: "20001" } }));
    const reasons = [members(1), listening].map(async (seen) =>
      (await healthQuestions(heldClock())(seen, flavor, broken)).get("i-0"),
    );
    expect(await Promise.all(reasons)).toMatchObject([
      { kind: "unknown", reason: expect.stringContaining("`${self.port}` is not known") },
      { kind: "unknown", reason: expect.stringContaining("no shell") },
    ]);
  });

  it("are unknown when the time is over while checks are asked, and the asking is given up", async () => {
    const clock = heldClock();
    let given: AbortSignal | undefined;
    const slow = checkingBy((_, __, over) => {
      given = over;
      return never;
    });
    const asked = healthQuestions(clock)(
      members(1),
      treatedBy({ name: "unprobed" } as Flavor, {}, [page("http://a")]),
      slow,
    );
    await clock.advance(10_000);
    expect((await asked).get("i-0")).toEqual({ kind: "unknown", reason: "its checks did not answer within 10 s" });
    expect(given?.aborted).toBe(true);
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
function probed(
  health: NonNullable<Flavor["health"]>,
  properties: JsonObject = {},
  checks: readonly Check[] = [],
): () => Treatment {
  return treatedBy({ name: "probed", health } as Flavor, properties, checks);
}

const ILL: Verdict = { kind: "fail", reason: "status: expected 200" };

function page(subject: string): Check {
  const statements = [{ property: "status", matcher: { word: "equals", value: 200 } }] as const;
  return { kind: "http", subject, options: {}, statements };
}

function checkingBy(ask: AskChecks): Checking {
  return { ask, whomOf: (id) => ({ kind: "nobody", why: id }), letGo: new AbortController().signal };
}

const unprobed = treatedBy({ name: "unprobed" } as Flavor);

function treatedBy(flavor: Flavor, properties: JsonObject = {}, checks: readonly Check[] = []): () => Treatment {
  const group = {
    checks,
    ...{ flavor: { name: flavor.name, properties }, marking: { kind: "muster" }, slots: { kind: "numbered", size: 1 } },
  } as Treatment["group"];
  return () => ({ group, flavor, marks: {} as Treatment["marks"] });
}
