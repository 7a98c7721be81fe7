import type { JsonObject, Observed, Verdict } from "@muster/model";
import { type Ctx, type Flavor, type Member, ProviderError } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { combo, comboOf } from "./combo.ts";
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

function comboWith(flavor: Flavor): Flavor {
  return comboOf((name) => [vanilla, combo, flavor].find((each) => each.name === name));
}

const of = (...flavors: JsonObject[]): JsonObject => ({ flavors });

describe("combo", () => {
  it("lets its flavors prepare a member one after the other", async () => {
    const flavor: Flavor = combo;
    const both = of(
      { vanilla: { init: ["a"], tags: { x: "1", y: "1" } } },
      { vanilla: { init: ["b"], tags: { y: "2" } } },
    );
    expect(await flavor.prepare?.({ init: "#!/bin/sh" }, member, both)).toEqual({
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

  it("replaces members when any of its flavors changes", () => {
    expect(combo.effects).toEqual({ flavors: "replace" });
  });

  it("travels as JSON Schema", () => {
    expect(z.toJSONSchema(combo.schema)).toMatchObject({ required: ["flavors"] });
    expect(z.toJSONSchema(vanilla.schema)).toMatchObject({ additionalProperties: false });
  });
});
