import { describe, expect, it } from "vitest";
import { cycleIn, type Graph, inOrder } from "./graph.ts";

const graph = (nodes: Readonly<Record<string, readonly string[]>>): Graph => new Map(Object.entries(nodes));

/** Each node comes after the one before it. */
const chain = (length: number, ...first: readonly string[]): Graph =>
  new Map(Array.from({ length }, (_, index) => [`${index}`, index === 0 ? first : [`${index - 1}`]]));

describe("a ring", () => {
  it("is told from a node to the same, each before the next", () => {
    const ring = cycleIn(graph({ x: [], a: ["c", "x"], b: ["a"], c: ["b"], y: ["a"] }));
    expect(ring).toHaveLength(4);
    expect(ring?.at(0)).toBe(ring?.at(-1));
    const before: Readonly<Record<string, string>> = { a: "c", b: "a", c: "b" };
    for (const [index, node] of (ring ?? []).slice(1).entries()) expect(before[node]).toBe(ring?.[index]);
  });

  it("is found at one node alone, and behind many", () => {
    expect(cycleIn(graph({ a: ["a"] }))).toEqual(["a", "a"]);
    expect(cycleIn(chain(20_000, "19999"))).toHaveLength(20_001);
  });

  it("is not where there is none, though ways meet and names lead nowhere", () => {
    expect(cycleIn(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: ["gone"] }))).toBeUndefined();
    expect(cycleIn(chain(20_000))).toBeUndefined();
  });
});

describe("the order of nodes", () => {
  it("has each after what must come before it, otherwise as they are given", () => {
    expect(inOrder(graph({ a: ["c"], b: [], c: ["gone"], d: ["a", "b"] }))).toEqual(["c", "a", "b", "d"]);
    expect(inOrder(chain(20_000))).toHaveLength(20_000);
  });
});
