import type { Kind } from "@muster/checks";
import { type JsonObject, MusterErrors, placeText } from "@muster/model";
import type { Catalog, Type } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checksOf } from "./checks.ts";
import { type AskThing, resourceKinds, type ThingFound } from "./resource-kinds.ts";
import { parseYaml } from "./yaml.ts";

const open = () => Promise.reject(new Error("nothing is opened here"));
const base = { summary: "", settings: z.strictObject({}), effects: {}, settleMs: 0, local: true, open } as const;
const droplet: Type = {
  ...{ ...base, known: "tags", name: "droplet", naming: "name", unordered: ["keys"], unreadable: ["password"] },
  schema: z
    .strictObject({
      ...{ name: z.string(), region: z.enum(["lon1", "ams3"]), count: z.int().max(9, "is too many").optional() },
      ...{ keys: z.array(z.string()).optional(), args: z.array(z.string()).optional(), ipv6: z.boolean().optional() },
      ...{ password: z.string().optional(), env: z.record(z.string(), z.string()).optional() },
    })
    .refine(
      ({ keys, password }) => keys !== undefined || password !== undefined,
      "needs keys or a password",
    ) as z.ZodType<JsonObject>,
  outputs: z.object({ address: z.string() }),
};
/** Called as a kind of the table: that one is meant. */
const file: Type = { ...droplet, name: "file" };
const types = new Map([droplet, file].map((type) => [type.name, type]));
const catalog: Pick<Catalog, "type" | "typeNames"> = {
  type: (name) => types.get(name),
  typeNames: () => [...types.keys()],
};

const nobody: AskThing = async () => ({ kind: "none" });
const read = (text: string) => checksOf(parseYaml(text, "checks.yaml"), resourceKinds(catalog, nobody));

function wrongIn(...lines: readonly string[]): readonly string[] {
  try {
    read(["checks:", ...lines.map((line) => `  ${line}`)].join("\n"));
  } catch (thrown) {
    const errors = thrown instanceof MusterErrors ? thrown.errors : [];
    return errors.map(({ code, message, place }) => `${placeText(place).split(" ")[0]?.slice(12)} ${code} ${message}`);
  }
  return [];
}

async function found(property: string, thing: ThingFound) {
  const kind: Kind | undefined = resourceKinds(catalog, async () => thing)["droplet"];
  if (kind?.asking.where !== "here") throw new Error("a thing is asked about from here");
  const asked = { subject: "web-1", options: {}, properties: new Set([property]) };
  return (await kind.asking.ask(asked, new AbortController().signal))(property);
}

describe("a type as a kind of check", () => {
  it("takes its properties and outputs with matchers, and whether it is there", () => {
    const text = `checks:
  - droplet: web-1
    exists: true
    phase: running
    region: { oneOf: [lon1, ams3] }
    count: { max: 3 }
    keys: [b, a]
    args: [b, a]
    env: { PORT: "80", Home: { contains: / } }
    address: { matches: '^10\\.' }
`;
    expect(read(text)[0]?.statements.map(({ matcher }) => matcher)).toEqual([
      ...[
        { word: "equals", value: true },
        { word: "equals", value: "running" },
      ],
      { word: "oneOf", values: ["lon1", "ams3"] },
      { word: "max", value: 3 },
      // Of a list that has no order the order means nothing; of another it does.
      ...[
        { word: "equals", value: ["a", "b"] },
        { word: "equals", value: ["b", "a"] },
      ],
      {
        word: "every",
        of: [
          { word: "key", path: "PORT", of: { word: "equals", value: "80" } },
          { word: "key", path: "Home", of: { word: "contains", value: "/" } },
        ],
      },
      { word: "matches", pattern: "^10\\." },
    ]);
  });

  it("refuses what its schema does not know, and tells the nearest", () => {
    expect(wrongIn("- drolpet: web-1", "  exists: true")).toEqual([
      "2:5 declaration.unknown-check there is no kind of check `drolpet` (did you mean `droplet`?)",
    ]);
    expect(wrongIn("- droplet: web-1", "  regoin: lon1")).toContain(
      "3:5 declaration.unknown-key `regoin` is not known here (did you mean `region`?)",
    );
    expect(wrongIn("- droplet: web-1", "  region: lon2")[0]).toMatch(
      /^3:13 declaration.bad-check droplet web-1: `region` cannot be "lon2": .*"lon1"/,
    );
    expect(wrongIn("- droplet: web-1", "  count: 12")[0]).toContain("`count` cannot be 12: is too many");
    expect(wrongIn("- droplet: web-1", "  ipv6: yes please")[0]).toContain("declaration.wrong-kind");
    expect(wrongIn("- droplet: web-1", "  phase: dancing")[0]).toContain("it is one of starting, running");
    expect(wrongIn("- droplet: ''", "  exists: true")[0]).toContain("`droplet` must be a name or an id");
    expect(wrongIn("- droplet: web-1")[0]).toContain("droplet web-1 asserts nothing");
  });

  it("stands behind a kind of the table of the same name", () => {
    expect(Object.keys(resourceKinds(catalog, nobody))).toEqual(["droplet"]);
    expect(wrongIn("- file: web-1", "  region: lon1").join()).toContain("must be an absolute path");
  });

  it("tells what is shown, and nothing of what is not", async () => {
    const there: ThingFound = {
      ...{ kind: "there", phase: "running", secrets: ["env"] },
      properties: { region: "lon1", keys: ["b", "a"], password: "x", env: { A: "b" } },
    };
    expect(await found("exists", there)).toEqual({ kind: "is", value: true });
    expect(await found("phase", there)).toEqual({ kind: "is", value: "running" });
    expect(await found("keys", there)).toEqual({ kind: "is", value: ["a", "b"] });
    for (const property of ["env", "password", "count"]) {
      expect(await found(property, there)).toMatchObject({ kind: "unknown" });
    }
    expect(await found("exists", { kind: "none" })).toEqual({ kind: "is", value: false });
    expect(await found("region", { kind: "none" })).toEqual({ kind: "none", why: "there is no droplet web-1" });
    expect(await found("exists", { kind: "unknown", why: "denied" })).toEqual({ kind: "unknown", why: "denied" });
  });
});
