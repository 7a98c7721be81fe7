import { existsSync } from "node:fs";
import { documentOf, sourceOfValue, stackOf } from "@muster/declaration";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { goingText } from "./print/going.ts";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

describe("where nobody can be asked", () => {
  it("apply says first what is wrong with the file, and only then that it needs a yes", async () => {
    const path = house.path("a");
    await house.write("shop.yaml", `stack: shop\nresources: { file: { ${path}: { mod: "0644" } } }\n`);
    const wrong = await house.run("apply", "shop.yaml");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/did you mean `mode`/)]);
    expect(wrong.err).not.toContain("usage.not-confirmed");
    await house.write("shop.yaml", `stack: shop\nresources: { file: { ${path}: { mode: "0644" } } }\n`);
    const right = await house.run("apply", "shop.yaml");
    expect([right.code, right.err]).toEqual([2, expect.stringMatching(/^error\[usage\.not-confirmed\]/)]);
    expect(existsSync(path)).toBe(false);
  });

  it("destroy says so before anything else", async () => {
    const { code, out, err } = await house.run("destroy", "none.yaml");
    expect([code, out, err]).toEqual([
      2,
      "",
      expect.stringMatching(/^error\[usage\.not-confirmed\]: `muster destroy`/),
    ]);
  });
});

it("apply tells programs how the resources stand", async () => {
  const path = house.path("a");
  await house.write("shop.yaml", `stack: shop\nresources: { file: { ${path}: { content: a } } }\n`);
  const { code, out } = await house.run("apply", "shop.yaml", "--yes", "--output", "json");
  expect(code).toBe(0);
  const [answer] = JSON.parse(out);
  expect(answer.resources).toMatchObject({
    settled: true,
    statuses: [{ address: `file.${path}`, state: "kept" }],
  });
  expect(answer.resources).not.toHaveProperty("stack");
});

it("what goes with a stack is told one by one, those that others rest on last", () => {
  const source = sourceOfValue(
    {
      stack: "shop",
      resources: {
        file: { "/a": {}, "/b": { protect: true }, "/gone": { ensure: "absent" } },
      },
      groups: { web: { size: 2, template: { note: { text: "x" } } } },
    },
    "shop.ts",
  );
  expect(goingText(stackOf(documentOf(source), source), { colors: false })).toBe(
    [
      "shop",
      "  - shop/web  destroy 2 members of note",
      "  - file./b  destroy (protected: nothing is destroyed)",
      "  - file./a  destroy",
      "",
    ].join("\n"),
  );
});
