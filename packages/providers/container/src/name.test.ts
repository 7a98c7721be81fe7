import { describe, expect, it } from "vitest";
import { nameFor, tagsOn } from "./name.ts";

const io = { now: () => 0, randomBytes: (count: number) => new Uint8Array(count).fill(0xab) };
const mark = { "muster.v": "1", "muster.stack": "shop", "muster.owner": "web", "muster.revision": "r" };

describe("a container's name", () => {
  it("tells whose it is and which place it fills", () => {
    expect(nameFor({ ...mark, "muster.slot": "3" }, io)).toBe("muster-shop-web-3-abababababab");
    expect(nameFor(mark, io)).toBe("muster-shop-web-abababababab");
  });

  it("is made of what engines allow", () => {
    const name = nameFor({ ...mark, "muster.stack": "Grüße / 日本", "muster.slot": "x".repeat(100) }, io);
    expect(name).toBe(`muster-Gr_e_-web-${"x".repeat(40)}-abababababab`);
    expect(nameFor({ "infrakit.group": "cattle" }, io)).toBe("muster-abababababab");
  });
});

describe("a container's tags", () => {
  it("are its labels, without the one that says which container bears them", () => {
    expect(tagsOn("/muster-1", { ...mark, "muster.container": "muster-1" })).toEqual(mark);
  });

  it("are none on what inherited them, and on what anybody else labelled so", () => {
    expect(tagsOn("/copy", { ...mark, "muster.container": "muster-1" })).toEqual({});
    expect(tagsOn("/muster-1", mark)).toEqual({});
  });
});
