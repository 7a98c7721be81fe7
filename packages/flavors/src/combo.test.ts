import type { Chosen, GroupDeclaration, JsonObject, Observed, Verdict } from "@muster/model";
import { type Ctx, type Flavor, groupRevision, type Member, ProviderError } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { builtInFlavors } from "./built-in.ts";
import { comboOf } from "./combo.ts";
import { vanilla } from "./vanilla.ts";

const slots = { kind: "numbered", size: 1 } as const;
const member: Member = { stack: "shop", group: "web", slot: "1", slots };
const observed: Observed = { id: "a", tags: {}, phase: "running", properties: {}, since: 0 };
const ctx: Ctx = { signal: new AbortController().signal };

/** A flavor that answers what its properties say, and writes down whom it drained. */
function answering(drained: string[] = []): Flavor {
  return {
    name: "answering",
    summary: "Answers what its properties say",
    schema: z.record(z.string(), z.json()),
    effects: {},
    async validate(properties) {
      if (properties["wrong"] === true) throw new ProviderError("invalid", "it is wrong");
    },
    health: async ({ id }, { kind, reason }): Promise<Verdict> => {
      if (kind === "fail" || kind === "unknown") return { kind, reason: `${id} ${reason}` };
      return { kind: "pass" };
    },
    async drain({ id }, { stuck }) {
      drained.push(id);
      if (stuck === true) throw new ProviderError("retryable", "it does not let go");
    },
  };
}

function comboWith(...flavors: Flavor[]): Flavor {
  const combo: Flavor = comboOf((name) => [vanilla, combo, ...flavors].find((each) => each.name === name));
  return combo;
}

const combo = comboWith();

const of = (...flavors: JsonObject[]): JsonObject => ({ flavors });

describe("combo", () => {
  it("lets its flavors prepare a member one after the other", async () => {
    const both = of(
      { vanilla: { init: ["a"], tags: { x: "1", y: "1" } } },
      { vanilla: { init: ["b"], tags: { y: "2" } } },
    );
    expect(await combo.prepare?.({ init: "#!/bin/sh" }, member, both)).toEqual({
      init: "#!/bin/sh\na\nb",
      tags: { x: "1", y: "2" },
    });
  });

  it("can hold a combo", async () => {
    const nested = of({ combo: of({ vanilla: { init: ["a"] } }) }, { vanilla: { init: ["b"] } });
    expect(await comboWith(answering()).prepare?.({}, member, nested)).toEqual({ init: "a\nb" });
  });

  it("is as healthy as the worst, with every reason", async () => {
    const flavor = comboWith(answering());
    const says = (...verdicts: JsonObject[]) =>
      flavor.health?.(observed, of({ vanilla: {} }, ...verdicts.map((each) => ({ answering: each }))));
    const unknown = { kind: "unknown", reason: "does not answer" };
    const fail = { kind: "fail", reason: "answers 500" };
    expect(await says({ kind: "pass" })).toEqual({ kind: "pass" });
    expect(await says({ kind: "pass" }, unknown)).toEqual({ kind: "unknown", reason: "a does not answer" });
    expect(await says(unknown, fail)).toEqual({ kind: "fail", reason: "a answers 500; a does not answer" });
    expect(await flavor.health?.({ ...observed, phase: "ended", reason: "exit 1" }, of({ vanilla: {} }))).toEqual({
      kind: "fail",
      reason: "exit 1",
    });
  });

  it("drains by all of them, also after one has failed, and then says which", async () => {
    const drained: string[] = [];
    const flavor = comboWith(answering(drained));
    const drain = flavor.drain?.(observed, of({ answering: { stuck: true } }, { answering: {} }), ctx);
    await expect(drain).rejects.toThrow("answering: it does not let go");
    expect(drained).toEqual(["a", "a"]);
  });

  it("refuses a flavor that is not there, and properties that its flavors refuse", async () => {
    const flavor = comboWith(answering());
    const validate = (...flavors: JsonObject[]) => flavor.validate?.(of(...flavors), slots);
    await expect(validate({ vanila: {} })).rejects.toThrow("there is no flavor `vanila`");
    await expect(validate({ vanilla: { init: "a" } })).rejects.toThrow("vanilla: ");
    await expect(validate({ answering: { wrong: true } })).rejects.toThrow("answering: it is wrong");
    await validate({ vanilla: { init: ["a"] } }, { answering: {} });
  });

  it("holds one flavor in each entry, and at least one entry", () => {
    const accepts = (value: object) => combo.schema.safeParse(value).success;
    expect(accepts(of({ vanilla: {} }))).toBe(true);
    expect(accepts(of())).toBe(false);
    expect(accepts(of({}))).toBe(false);
    expect(accepts(of({ vanilla: {}, http: {} }))).toBe(false);
    expect(accepts({})).toBe(false);
  });

  it("starts a member by all of them in order, up to the first that fails", async () => {
    const begun: JsonObject[] = [];
    const starting: Flavor = {
      ...answering(),
      async started(_, properties) {
        begun.push(properties);
        if (properties["closed"] === true) throw new ProviderError("retryable", "the register is closed");
      },
    };
    const started = (...flavors: JsonObject[]) =>
      comboWith(starting).started?.(
        observed,
        of({ vanilla: {} }, ...flavors.map((each) => ({ answering: each }))),
        ctx,
      );
    await started({ a: 1 }, { b: 2 });
    expect(begun).toEqual([{ a: 1 }, { b: 2 }]);
    await expect(started({ closed: true }, { c: 3 })).rejects.toThrow("answering: the register is closed");
    expect(begun.slice(2)).toEqual([{ closed: true }]);
  });

  it("travels as JSON Schema", () => {
    expect(z.toJSONSchema(combo.schema)).toMatchObject({ required: ["flavors"] });
    expect(z.toJSONSchema(vanilla.schema)).toMatchObject({ additionalProperties: false });
  });
});

describe("the revision of a group that is treated by several", () => {
  const known = builtInFlavors({});

  function revisionOf(flavor: Chosen): string {
    const group: GroupDeclaration = {
      ...{ name: "web", slots, flavor, template: { name: "instance-file", properties: { properties: { a: 1 } } } },
      ...{ marking: { kind: "muster" }, rollout: {}, repair: {}, checks: [] },
    };
    return groupRevision(group, {}, known.find(({ name }) => name === flavor.name) ?? { effects: {} });
  }

  const revision = (...flavors: JsonObject[]) => revisionOf({ name: "combo", properties: of(...flavors) });
  const http = (url: string) => ({ http: { url } });
  const hooks = (program: string) => ({ hooks: { drain: { command: [program] } } });

  it("is the one that members bear which were made when every change replaced them", () => {
    expect(revisionOf({ name: "vanilla", properties: {} })).toBe("2a9fa957049b86b90e0b");
    expect(revisionOf({ name: "vanilla", properties: { init: ["a"] } })).toBe("7558adf1349ff03aef10");
    expect(revision({ vanilla: { init: ["a"] } }, { vanilla: {} })).toBe("a53e6afcd74c54205807");
    expect(revision({ combo: of({ vanilla: { tags: { a: "b" } } }) })).toBe("2d72a4b92423721b7d31");
  });

  it("stays when only their treatment changes, also when that comes or goes", () => {
    const now = revision({ vanilla: { init: ["a"] } }, http("http://a"), hooks("true"));
    expect(revision({ vanilla: { init: ["a"] } }, http("http://b"), hooks("false"))).toBe(now);
    expect(revision(http("http://b"), { vanilla: { init: ["a"] } })).toBe(now);
    expect(revision({ vanilla: { init: ["b"] } }, http("http://a"), hooks("true"))).not.toBe(now);
  });

  it("is that of a group which nobody prepares, where none of them does", () => {
    const plain = revisionOf({ name: "vanilla", properties: {} });
    expect(revision(http("http://a"), hooks("true"))).toBe(plain);
    expect(revisionOf({ name: "http", properties: { url: "http://a" } })).toBe(plain);
  });

  it("changes with what a flavor inside of another combo puts into them, and with nothing else there", () => {
    const nested = (colour: string, url: string) =>
      revision({ combo: of({ environment: { all: { COLOUR: colour } } }, http(url)) });
    expect(nested("green", "http://b")).toBe(nested("green", "http://a"));
    expect(nested("blue", "http://a")).not.toBe(nested("green", "http://a"));
  });

  it("takes what a flavor says that is not there any more for all that it is", () => {
    expect(revision({ gone: { a: 1 } })).not.toBe(revision({ gone: { a: 2 } }));
  });
});
