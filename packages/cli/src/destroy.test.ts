import { openSqliteStore, storePath, thisProcess } from "@muster/store";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

it("does not take a stack for destroyed that somebody else has taken meanwhile", { timeout: 60_000 }, async () => {
  // It hears no request to end: there is time until it is killed.
  const deaf = { command: "sh", args: ["-c", "trap '' TERM; while :; do sleep 0.05; done"], stop: { timeout: "2s" } };
  await house.write("shop.json", { stack: "shop", groups: { web: { size: 1, template: { process: deaf } } } });
  expect(await house.run("apply", "shop.json", "--yes")).toMatchObject({ code: 0 });
  const destroying = house.start("destroy", "shop.json", "--yes");
  await destroying.says("everything is to be destroyed");
  const store = openSqliteStore(storePath(house.env));
  const lease = await store.acquire("shop", thisProcess("", "somebody else"), async () => false);
  const { code, err, out } = await destroying.ended;
  expect([code, out]).toEqual([1, expect.not.stringContaining("shop: destroyed")]);
  expect(err).toContain("error[stack.lost]");
  await store.release(lease);
  await store.close();
  // It is declared still: whoever takes it next goes on.
  expect(await house.run("destroy", "shop.json", "--yes")).toMatchObject({ code: 0 });
});
