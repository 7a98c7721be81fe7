import type { Whom } from "@muster/checks";
import type { Check, Verdict } from "@muster/model";
import { memoryStore } from "@muster/store";
import { describe, expect, it } from "vitest";
import { leapingClock } from "../test/clock.ts";
import { openShop, rest, type Shop, type ShopOptions } from "../test/shop.ts";
import { openWorld } from "../test/world.ts";

const FAIL: Verdict = { kind: "fail", reason: "exists: expected true, found false" };
const PASS: Verdict = { kind: "pass" };

const checkOf = (subject: string, more: Partial<Check> = {}): Check => ({
  ...{
    kind: "file",
    subject,
    options: {},
    statements: [{ property: "exists", matcher: { word: "equals", value: true } }],
  },
  ...more,
});

interface Asked {
  readonly at: number;
  readonly subjects: readonly unknown[];
  readonly whom: Whom;
}

/** A shop whose checks are answered by their subjects; what is not said passes. */
function openChecked(options: ShopOptions = {}) {
  const says = new Map<string, Verdict>();
  const asked: Asked[] = [];
  const clock = options.clock ?? leapingClock();
  const shop = openShop({
    ...{ clock, ...options },
    async askChecks(checks, whom) {
      asked.push({ at: clock.now(), subjects: checks.map(({ subject }) => subject), whom });
      return checks.map(({ subject }) => says.get(String(subject)) ?? PASS);
    },
  });
  return { shop, says, asked, told: () => toldOf(shop) };
}

function toldOf({ events }: Shop): readonly string[] {
  return events.filter(({ type }) => type.startsWith("check.")).map(({ type, message }) => `${type} ${message}`);
}

const things = { "note./a": { text: "x" } };

async function pass(shop: Shop, ms: number): Promise<void> {
  await shop.clock.advance(ms);
  await rest();
}

describe("checks of a stack and its resources", () => {
  it("are asked when all is as declared, all of one machine at once, and then every minute", async () => {
    const { shop, asked } = openChecked();
    const resources = { "note./a": { text: "x", checks: [checkOf("${self.path}")] }, "note./b": {} };
    await shop.apply(resources, { checks: [checkOf("/stack/${note./b.path}")] });
    await pass(shop, 1_000);
    expect(asked.map(({ subjects, whom }) => [subjects, whom.kind])).toEqual([[["/stack//b", "/a"], "this machine"]]);
    expect(shop.keeper().checks()).toMatchObject({
      observedGeneration: 1,
      statuses: [
        { check: "file /stack/${note./b.path}", verdict: "pass" },
        { resource: "note./a", check: "file ${self.path}", verdict: "pass" },
      ],
      condition: { name: "ChecksHold", holds: true, message: "2 checks hold" },
    });
    await pass(shop, 57_000);
    expect(asked).toHaveLength(1);
    await pass(shop, 3_000);
    expect(asked).toHaveLength(2);
  });

  it("open where they fail twice in a row, and close when they pass", async () => {
    const { shop, says, asked, told } = openChecked();
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 1_000);
    says.set("/x", FAIL);
    await pass(shop, 60_000);
    expect(told()).toEqual([]);
    await pass(shop, 2_000);
    expect(told()).toEqual(["check.failed check file /x: exists: expected true, found false"]);
    expect(shop.keeper().checks().condition).toEqual({
      ...{ name: "ChecksHold", holds: false, reason: "ChecksFail" },
      message: "check file /x: exists: expected true, found false",
    });
    const before = asked.length;
    await pass(shop, 10_000);
    expect([asked.length, told().length]).toEqual([before + 1, 1]);
    says.delete("/x");
    await pass(shop, 10_000);
    expect(told()).toEqual([expect.stringMatching(/^check.failed/), "check.passed check file /x: holds again"]);
    expect(shop.keeper().checks().condition?.holds).toBe(true);
  });

  it("that fail once are no news", async () => {
    const { shop, says, told } = openChecked();
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 1_000);
    says.set("/x", FAIL);
    await pass(shop, 60_000);
    expect(shop.keeper().checks().statuses).toMatchObject([{ verdict: "fail" }]);
    says.delete("/x");
    await pass(shop, 70_000);
    expect(told()).toEqual([]);
  });

  it("that nobody can tell are neither open nor closed", async () => {
    const { shop, says, told } = openChecked();
    const unknown: Verdict = { kind: "unknown", reason: "no service manager" };
    says.set("/x", unknown);
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 130_000);
    expect(told()).toEqual([]);
    expect(shop.keeper().checks().condition).toMatchObject({ holds: false, reason: "ChecksUnknown" });
    says.set("/x", FAIL);
    await pass(shop, 63_000);
    says.set("/x", unknown);
    await pass(shop, 60_000);
    expect(told()).toHaveLength(1);
    expect(shop.keeper().checks().condition?.reason).toBe("ChecksFail");
  });

  it("are not opened a second time by the next Muster", async () => {
    const clock = leapingClock();
    const [store, world] = [memoryStore(), openWorld(clock)];
    const first = openChecked({ clock, store, world });
    first.says.set("/x", FAIL);
    await first.shop.apply(things, { checks: [checkOf("/x")] });
    await pass(first.shop, 65_000);
    expect(first.told()).toHaveLength(1);
    first.shop.kill();

    const next = openChecked({ clock, store, world });
    next.says.set("/x", FAIL);
    await next.shop.begin();
    await next.shop.settled();
    await pass(next.shop, 130_000);
    expect(next.asked.length).toBeGreaterThan(2);
    expect(next.told()).toEqual([]);
    expect(next.shop.keeper().checks().condition?.reason).toBe("ChecksFail");
    next.says.delete("/x");
    await pass(next.shop, 15_000);
    expect(next.told()).toEqual(["check.passed check file /x: holds again"]);
    expect(await store.memory("shop", "checks:open")).toBeUndefined();
  });

  it("that are declared no longer are forgotten, and others begin anew", async () => {
    const { shop, says, told } = openChecked();
    says.set("/x", FAIL);
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 65_000);
    await shop.apply(things, { checks: [checkOf("/y")] });
    await pass(shop, 65_000);
    expect(told()).toHaveLength(1);
    expect(shop.keeper().checks()).toMatchObject({ statuses: [{ check: "file /y" }], condition: { holds: true } });
    await shop.apply(things);
    await pass(shop, 65_000);
    expect(shop.keeper().checks()).toMatchObject({ observedGeneration: 3, statuses: [] });
    expect(shop.keeper().checks().condition).toBeUndefined();
  });

  it("of a resource that is not as declared are asked of nobody", async () => {
    const { shop, asked } = openChecked();
    shop.world.before(({ verb }) => {
      if (verb === "create") throw new Error("no room");
    });
    await shop.declare({ "note./a": { checks: [checkOf("${self.path}")] } });
    await pass(shop, 61_000);
    expect(asked).toEqual([]);
    expect(shop.keeper().checks().statuses).toMatchObject([
      { resource: "note./a", verdict: "unknown", reason: "note./a is not as declared" },
    ]);
  });

  it("are asked soon after a resource was changed", async () => {
    const { shop, asked } = openChecked();
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 5_000);
    const before = asked.length;
    shop.world.notes.delete("/a");
    shop.world.hint();
    await pass(shop, 3_000);
    expect(asked).toHaveLength(before + 1);
  });

  it("show no secret, and ask nobody about it", async () => {
    const { shop, asked } = openChecked({ env: { WORD: "open sesame" } });
    const secret = { secret: { env: "WORD" } };
    await shop.apply({ "note./a": { text: secret, checks: [checkOf("/a/${self.text}")] } });
    await pass(shop, 1_000);
    expect(asked).toEqual([]);
    expect(shop.keeper().checks().statuses).toMatchObject([{ reason: "`${self.text}` is not known" }]);
  });

  it("are asked at once where somebody wants to know", async () => {
    const { shop, says, asked } = openChecked();
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 1_000);
    says.set("/x", FAIL);
    const answers = Promise.all([shop.keeper().askChecks(), shop.keeper().askChecks()]);
    await pass(shop, 0);
    expect((await answers).map(({ statuses }) => statuses.map(({ verdict }) => verdict))).toEqual([["fail"], ["fail"]]);
    expect(asked).toHaveLength(2);
    await shop.keeper().close();
    await expect(shop.keeper().askChecks()).rejects.toThrow("let go");
  });

  it("that are under way when the stack is to go are given up, and nothing is lost by it", async () => {
    const signals: AbortSignal[] = [];
    const shop = openShop({
      askChecks: (checks, _, signal) =>
        new Promise((resolve) => {
          signals.push(signal);
          signal.addEventListener("abort", () => resolve(checks.map(() => FAIL)));
        }),
    });
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 1_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await shop.keeper().destroyAll("user:ann");
    await shop.until(() => shop.keeper().declaration() === undefined);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([shop.lost, shop.troubles, toldOf(shop)]).toEqual([[], [], []]);
  });

  it("are asked by nobody where there is nobody who asks", async () => {
    const shop = openShop();
    await shop.apply(things, { checks: [checkOf("/x")] });
    await pass(shop, 65_000);
    expect(await shop.keeper().askChecks()).toEqual({ observedGeneration: 1, askedAt: 0, statuses: [] });
  });

  it("change nothing of the things that they are of", async () => {
    const { shop } = openChecked();
    await shop.apply(things);
    shop.changes();
    await shop.apply({ "note./a": { text: "x", checks: [checkOf("/x")] } }, { checks: [checkOf("/y")] });
    await pass(shop, 65_000);
    expect(shop.changes()).toEqual([]);
    expect((await shop.plan({ "note./a": { text: "x", checks: [checkOf("/z")] } })).resources.steps).toEqual([]);
  });
});
