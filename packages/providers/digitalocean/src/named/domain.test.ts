import { describe, expect, it } from "vitest";
import { all, ctx, failureOf, freshAccount, opened } from "../test/account.ts";

async function fresh() {
  const account = await freshAccount();
  return { ...account, domains: await opened(account, account.types.domain) };
}

const SHOP = { name: "shop.example", ip_address: "198.18.0.1" };

describe("a domain", () => {
  it("is made with its address, read, and destroyed", async () => {
    const { domains } = await fresh();
    expect(await domains.create(SHOP, {}, ctx)).toEqual({ id: "shop.example" });
    expect(await domains.read("shop.example", ctx)).toMatchObject({ id: "shop.example", properties: SHOP });
    expect(await all(domains.list?.(ctx) ?? none())).toMatchObject([{ properties: SHOP }]);
    await domains.destroy("shop.example", ctx);
    await domains.destroy("shop.example", ctx);
    expect(await domains.read("shop.example", ctx)).toBeUndefined();
  });

  it("that is there already is a conflict", async () => {
    const { domains } = await fresh();
    await domains.create(SHOP, {}, ctx);
    expect(await failureOf(domains.create({ name: "shop.example" }, {}, ctx))).toMatchObject({ kind: "conflict" });
  });

  it("is given another address, or its first, and other records are left", async () => {
    const { domains, simulator } = await fresh();
    await domains.create({ name: "shop.example" }, {}, ctx);
    const records = "/v2/domains/shop.example/records";
    await simulator.call("POST", records, { type: "A", name: "www", data: "198.18.0.9" });
    for (const ip_address of ["198.18.0.2", "198.18.0.3"]) {
      const from = await domains.read("shop.example", ctx);
      if (from !== undefined) await domains.update?.(from, { name: "shop.example", ip_address }, ctx);
      expect((await domains.read("shop.example", ctx))?.properties).toMatchObject({ ip_address });
    }
    const [domain] = simulator.state.domains();
    const addresses = [...(domain?.records.values() ?? [])].filter(({ type }) => type === "A");
    expect(addresses.map(({ name, data }) => `${name} ${data}`).toSorted()).toEqual(["@ 198.18.0.3", "www 198.18.0.9"]);
  });

  it("with several addresses is never guessed at: they are told", async () => {
    const { domains, simulator } = await fresh();
    await domains.create(SHOP, {}, ctx);
    await simulator.call("POST", "/v2/domains/shop.example/records", { type: "A", name: "@", data: "198.18.0.9" });
    const from = await domains.read("shop.example", ctx);
    if (from === undefined) throw new Error("it is gone");
    expect(from.properties).toEqual({ name: "shop.example" });
    const failure = await failureOf(Promise.resolve(domains.update?.(from, SHOP, ctx)));
    expect(failure.message).toMatch(
      /^shop\.example has several A records, and Muster keeps one: 198\.18\.0\.1 \(\d+\), 198\.18\.0\.9 \(\d+\): /,
    );
  });
});

async function* none() {
  yield [];
}
