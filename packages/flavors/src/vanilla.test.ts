import type { JsonObject } from "@muster/model";
import { type Flavor, type Member, ProviderError, presence } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { vanilla } from "./vanilla.ts";

const member: Member = { stack: "shop", group: "web", slot: "1", slots: { kind: "numbered", size: 1 } };

async function prepared(want: JsonObject, properties: object): Promise<JsonObject> {
  const flavor: Flavor = vanilla;
  return (await flavor.prepare?.(want, member, flavor.schema.parse(properties))) ?? want;
}

describe("vanilla", () => {
  it("leaves a member alone that it has nothing for", async () => {
    expect(await prepared({ note: "v1" }, {})).toEqual({ note: "v1" });
    expect(await prepared({ note: "v1" }, { init: [], tags: {} })).toEqual({ note: "v1" });
  });

  it("adds lines to the boot script, with no empty first line", async () => {
    expect(await prepared({}, { init: ["echo hi"] })).toEqual({ init: "echo hi" });
    expect(await prepared({ init: "" }, { init: ["a", "b"] })).toEqual({ init: "a\nb" });
    expect(await prepared({ init: "#!/bin/sh" }, { init: ["a", "b"] })).toEqual({ init: "#!/bin/sh\na\nb" });
  });

  it("puts its tags over the template's", async () => {
    const want = { tags: { tier: "db", zone: "1" } };
    expect(await prepared(want, { tags: { tier: "web" } })).toEqual({ tags: { tier: "web", zone: "1" } });
    expect(want.tags.tier).toBe("db");
  });

  it("refuses a template whose init or tags are of another kind", async () => {
    for (const [want, properties] of [
      [{ init: ["a"] }, { init: ["b"] }],
      [{ tags: ["a"] }, { tags: { b: "c" } }],
    ] as const) {
      const failure = await prepared(want, properties).catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(ProviderError);
      expect(failure).toMatchObject({ kind: "invalid" });
    }
  });

  it("refuses what it does not know", () => {
    expect(vanilla.schema.safeParse({ Init: ["a"] }).success).toBe(false);
    expect(vanilla.schema.safeParse({ init: "a" }).success).toBe(false);
    expect(vanilla.schema.safeParse({ tags: { a: 1 } }).success).toBe(false);
  });

  it("leaves health to presence: there, running and not ill is healthy, and reasons are kept", () => {
    const seen = { id: "a", tags: {}, properties: {}, since: 0 };
    expect(vanilla.health).toBeUndefined();
    expect(presence({ ...seen, phase: "running" })).toEqual({ kind: "pass" });
    expect(presence({ ...seen, phase: "running", ill: "hot" })).toEqual({ kind: "fail", reason: "hot" });
    expect(presence({ ...seen, phase: "ended", reason: "exit 1" })).toEqual({ kind: "fail", reason: "exit 1" });
    expect(presence({ ...seen, phase: "unknown", reason: "a link" })).toEqual({ kind: "unknown", reason: "a link" });
  });
});
