import { describe, expect, it } from "vitest";
import { openLedger } from "./ledger.ts";
import type { Order, State } from "./orders.ts";

const wanted = (size: number): State => ({ web: { size, version: 1, goal: "kept" } });
const order = (before: State, after: State): Order => ({
  ...{ stack: "shop", actor: "ann", says: "an order", path: "", body: {}, before, after },
});

describe("the ledger", () => {
  it("takes an order for given when it was acknowledged, and for possible until then", () => {
    const ledger = openLedger();
    const first = order({}, wanted(2));
    ledger.ask(first);
    expect(ledger.page("shop")).toMatchObject({ state: {}, asked: first });
    ledger.acknowledge(first, 1);
    expect(ledger.page("shop")).toMatchObject({ state: wanted(2), generation: 1, asked: undefined });
    expect(ledger.page("shop").acknowledged).toEqual([first]);
  });

  it("forgets an order that was refused", () => {
    const ledger = openLedger();
    ledger.ask(order({}, wanted(2)));
    ledger.refuse(order({}, wanted(2)));
    expect(ledger.page("shop")).toMatchObject({ state: {}, asked: undefined });
  });

  it("allows a group the largest size that was wanted in this life, and one more", () => {
    const ledger = openLedger();
    for (const size of [4, 2]) {
      ledger.ask(order(ledger.page("shop").state, wanted(size)));
      ledger.acknowledge(order(ledger.page("shop").state, wanted(size)), undefined);
    }
    expect(ledger.most("shop/web")).toBe(5);
    ledger.begin(new Map());
    expect(ledger.most("shop/web")).toBe(3);
  });

  it("allows a group what it had when this life began", () => {
    const ledger = openLedger();
    ledger.begin(new Map([["shop/web", 7]]));
    expect(ledger.most("shop/web")).toBe(7);
    expect(ledger.most("shop/cart")).toBe(0);
  });
});
