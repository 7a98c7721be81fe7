import type { JsonObject, Slots } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { environment } from "./environment.ts";
import { wrongWith } from "./test/members.ts";

const flavor: Flavor = environment;
const named: Slots = { kind: "named", names: ["cow", "calf"] };
const numbered: Slots = { kind: "numbered", size: 2 };

function prepared(want: JsonObject, slot: string, slots: Slots, properties: JsonObject) {
  return flavor.prepare?.(want, { stack: "farm", group: "herd", slot, slots }, properties);
}

describe("environment", () => {
  it("gives each named member its own over what all have, and both over the template's", async () => {
    const want = { command: "moo", env: { VOICE: "low", FIELD: "1" } };
    const properties = { all: { VOICE: "loud", AGE: "5" }, members: { calf: { AGE: "0" } } };
    expect(await prepared(want, "cow", named, properties)).toEqual({
      command: "moo",
      env: { VOICE: "loud", FIELD: "1", AGE: "5" },
    });
    expect(await prepared(want, "calf", named, properties)).toMatchObject({ env: { VOICE: "loud", AGE: "0" } });
    expect(want.env.VOICE).toBe("low");
  });

  it("says that it adds an `env`, where it does", () => {
    expect(flavor.adds?.({ all: { AGE: "5" } })).toEqual(["env"]);
    expect(flavor.adds?.({ members: { cow: { AGE: "5" } } })).toEqual(["env"]);
    expect(flavor.adds?.({ all: {}, members: { cow: {} } })).toEqual([]);
  });

  it("gives numbered members what all have", async () => {
    expect(await prepared({}, "1", numbered, { all: { AGE: "5" } })).toEqual({ env: { AGE: "5" } });
  });

  it("hands secrets on as references: the provider reads them", async () => {
    const KEY = { secret: { file: "/run/keys/key" } };
    expect(wrongWith(flavor, { all: { KEY } })).toBeUndefined();
    expect(await prepared({}, "1", numbered, { all: { KEY } })).toEqual({ env: { KEY } });
    expect(wrongWith(flavor, { all: { KEY: 5 } })).toBeDefined();
  });

  it("leaves a member alone that it has nothing for", async () => {
    const want = { path: "/tmp/a" };
    expect(await prepared(want, "cow", named, { members: { calf: { AGE: "0" } } })).toBe(want);
  });

  it("refuses names that the group does not have, and names in a group that counts its members", async () => {
    const refusal = (slots: Slots, members: JsonObject) => flavor.validate?.({ members }, slots);
    await refusal(named, { cow: {}, calf: {} });
    await refusal(numbered, {});
    await expect(refusal(named, { calv: {} })).rejects.toMatchObject({
      kind: "invalid",
      message: "`members`: the group has no member calv (did you mean `calf`?)",
    });
    await expect(refusal(numbered, { "0": {} })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("counts its members"),
    });
  });

  it("refuses a template whose env is of another kind", async () => {
    const refusal = prepared({ env: ["A=1"] }, "1", numbered, { all: { A: "2" } });
    await expect(refusal).rejects.toMatchObject({ kind: "invalid" });
  });
});
