import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

describe("resources that are kept", () => {
  it("are made in their order, and not a second time", async () => {
    await shop.apply({ "note./a/b": { text: "B" }, "note./a": { text: "A" }, "box.one": { size: 1 } });
    expect(shop.changes().toSorted()).toEqual(["create /a", "create /a/b", "create one"]);
    expect(shop.states()).toEqual(["note./a: kept", "note./a/b: kept", "box.one: kept"]);
    shop.keeper().wake();
    await shop.clock.advance(120_000);
    expect(shop.changes()).toEqual([]);
  });
});
