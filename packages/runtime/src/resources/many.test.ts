import { memoryStore, type Store, type Writes } from "@muster/store";
import { describe, expect, it } from "vitest";
import { openShop, type Texts } from "../test/shop.ts";

const MANY = 3_000;

/** Notes that rest on one, boxes, and chores that are told of it: a third of each. */
function texts(text: string): Texts {
  const addresses = Array.from({ length: MANY }, (_, at) => `${["note", "box", "chore"][at % 3]}.n${at}`);
  const chores = addresses.filter((address) => address.startsWith("chore"));
  return {
    "note.first": { text, notify: chores },
    ...Object.fromEntries(
      addresses.map((address) => {
        if (address.startsWith("chore")) return [address, { once: address }];
        return [address, address.startsWith("box") ? { size: 1 } : { text: "${note.first.text}" }];
      }),
    ),
  };
}

/** Counts what is written. */
function counting(): { readonly store: Store; readonly written: { times: number; rows: number; most: number } } {
  const store = memoryStore();
  const written = { times: 0, rows: 0, most: 0 };
  function count({ memory = {}, declaration }: Writes): void {
    const rows = Object.keys(memory).length;
    written.times++;
    written.rows += rows;
    if (declaration === undefined) written.most = Math.max(written.most, rows);
  }
  return {
    written,
    store: {
      ...store,
      write(lease, writes, now) {
        count(writes);
        return store.write(lease, writes, now);
      },
    },
  };
}

describe("thousands of resources", () => {
  it("are kept with work that grows with their number, and no faster", async () => {
    const { store, written } = counting();
    const shop = openShop({ store });
    await shop.apply(texts("1"));
    expect(shop.states().filter((each) => !each.endsWith(": kept"))).toEqual([]);
    expect(shop.changes()).toHaveLength(MANY + 1);
    // The first look, one that sees what was made, and the values of the one that others refer to.
    const looks = shop.world.calls.filter((call) => /^(read|due|list) /.test(call));
    expect(looks.length).toBeLessThan(2 * MANY + 100);
    // One row when it is declared, and at most three while it is made: one before, one after, one when it was seen.
    expect(written.rows).toBeLessThanOrEqual(5 * MANY);
    expect(written.times).toBeLessThan(MANY);
    expect(shop.world.most.get("create")).toBeLessThan(MANY / 10);
    expect(shop.world.most.get("read")).toBeLessThan(MANY / 10);

    Object.assign(written, { times: 0, rows: 0, most: 0 });
    shop.keeper().wake();
    await shop.clock.advance(60_000);
    expect(shop.changes()).toEqual([]);
    expect(written).toEqual({ times: 0, rows: 0, most: 0 });

    await shop.apply(texts("2"));
    const changes = shop.changes();
    expect(changes.filter((call) => call.startsWith("run ")).length).toBe(MANY / 3);
    expect(changes.filter((call) => call.startsWith("update ")).length).toBe(MANY / 3 + 1);
  });
});
