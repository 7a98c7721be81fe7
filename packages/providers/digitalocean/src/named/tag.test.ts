import { describe, expect, it } from "vitest";
import { all, ctx, failureOf, freshAccount, MARK, opened, SMALL } from "../test/account.ts";

async function fresh() {
  const account = await freshAccount();
  return { ...account, tags: await opened(account, account.types.tag) };
}

describe("a tag", () => {
  it("is made, read with the count of what bears it, and destroyed", async () => {
    const { tags, droplets } = await fresh();
    expect(await tags.read("web", ctx)).toBeUndefined();
    expect(await tags.create({ name: "web" }, {}, ctx)).toEqual({ id: "web" });
    await droplets.create({ ...SMALL, tags: ["web"] }, MARK, ctx);
    expect(await tags.read("web", ctx)).toMatchObject({
      id: "web",
      phase: "running",
      properties: { name: "web", count: 1 },
    });
    await tags.destroy("web", ctx);
    await tags.destroy("web", ctx);
    expect(await tags.read("web", ctx)).toBeUndefined();
  });

  it("that is there already is a conflict, in whatever case", async () => {
    const { tags, simulator } = await fresh();
    await simulator.call("POST", "/v2/tags", { name: "PROD" });
    expect(await failureOf(tags.create({ name: "PROD" }, {}, ctx))).toMatchObject({ kind: "conflict" });
    const failure = await failureOf(tags.create({ name: "prod" }, {}, ctx));
    expect(failure).toMatchObject({ kind: "conflict", message: "the tag prod is there already, as PROD" });
    expect(await tags.read("prod", ctx)).toBeUndefined();
  });

  it("that is a mark of Muster's is no thing of its own", async () => {
    const { types, tags, droplets } = await fresh();
    await droplets.create({ ...SMALL, tags: ["web"] }, MARK, ctx);
    expect((await all(tags.list?.(ctx) ?? none())).map(({ id }) => id)).toEqual(["web"]);
    expect(types.tag.schema.safeParse({ name: "muster:76:31" }).success).toBe(false);
  });
});

async function* none() {
  yield [];
}
