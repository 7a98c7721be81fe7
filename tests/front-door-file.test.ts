/** Whose a file that names members is, and what becomes of it when others touch it, when Muster ends, and in a plan. */
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Shop, settled, shop, until } from "./support/shop.ts";

describe("a file that somebody else touches", () => {
  it("is put right when it was changed or removed, and its program told", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(1), "stack.yaml", "user:ann");
    await settled(house, keeper, 1);
    const content = readFileSync(house.conf, "utf8");
    const count = house.told().length;
    writeFileSync(house.conf, "by hand");
    await until(() => house.told().length > count);
    expect(readFileSync(house.conf, "utf8")).toBe(content);
    rmSync(house.conf);
    await until(() => house.told().length > count + 1);
    expect(readFileSync(house.conf, "utf8")).toBe(content);
    const right = "/web.conf put right: somebody else had changed it";
    expect(house.messages("resource.changed").slice(-2)).toEqual([right, right]);
  });

  it("is left alone when it was there before: that is said, and nobody waits for it", async () => {
    const house = shop();
    writeFileSync(house.conf, "theirs");
    const keeper = await house.open();
    await keeper.commit(house.document(2), "stack.yaml", "user:ann");
    await until(() => house.messages("resource.failed").length > 0);
    expect(house.messages("resource.failed")).toEqual(["/web.conf: it is there already and is not Muster's"]);
    await until(() => house.things.size === 2);
    await keeper.scale("web", 1, "user:ann");
    await until(() => house.things.size === 1);
    expect(readFileSync(house.conf, "utf8")).toBe("theirs");
    expect(house.told()).toEqual([]);
    rmSync(house.conf);
    await settled(house, keeper, 1);
  });
});

describe("a Muster that starts again", () => {
  it("knows its file, and neither writes it nor tells anybody when all is well", async () => {
    const house = shop();
    const first = await house.open();
    await first.commit(house.document(2), "stack.yaml", "user:ann");
    await settled(house, first, 2);
    await first.close();
    const [told, { ino }] = [house.told().length, statSync(house.conf)];
    const second = await house.open();
    await settled(house, second, 2);
    await second.scale("web", 3, "user:ann");
    await settled(house, second, 3);
    expect(house.messages("resource.changed").at(-1)).toMatch(/^\/web\.conf changed; in: web\/\d \(i-2\)$/);
    expect(house.told()).toHaveLength(told + 1);
    expect(statSync(house.conf).ino).not.toBe(ino);
  });

  it("tells of a change that the one before had made and could not tell of", async () => {
    const house = shop();
    const first = await house.open();
    await first.commit(house.document(2), "stack.yaml", "user:ann");
    await settled(house, first, 2);
    house.broken.set();
    await first.scale("web", 1, "user:ann");
    await until(() => house.messages("resource.failed").length > 0);
    await first.close();
    expect(house.named()).toHaveLength(1);
    expect(house.things.size).toBe(2);
    const told = house.told().length;
    house.broken.clear();
    const second = await house.open();
    await settled(house, second, 1);
    expect(house.told()).toHaveLength(told + 1);
    expect(house.told().at(-1)).toBe(readFileSync(house.conf, "utf8"));
  });
});

describe("a Muster that ends", () => {
  it("leaves a file that says what its group has come to", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(3), "stack.yaml", "user:ann");
    await until(() => house.events.some(({ type }) => type === "group.converged"));
    await keeper.close();
    expect(house.named()).toHaveLength(3);
    expect(house.told().at(-1)).toBe(readFileSync(house.conf, "utf8"));
  });
});

describe("a Muster that ends while it puts a file right", () => {
  it("has written down that its program is to be told, though the file is as it was", async () => {
    const house = shop();
    const first = await house.open();
    await first.commit(house.document(1), "stack.yaml", "user:ann");
    await settled(house, first, 1);
    house.broken.set();
    writeFileSync(house.conf, "by hand");
    await until(() => house.messages("resource.failed").length > 0);
    await first.close();
    const told = house.told().length;
    house.broken.clear();
    const second = await house.open();
    await until(() => house.told().length === told + 1);
    await settled(house, second, 1);
  });
});

describe("a file of a stack", () => {
  it("that is only observed is not written: what differs is said", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(1, { stack: { mode: "observe" } }), "stack.yaml", "user:ann");
    await until(() => house.messages("resource.drifted").length > 0);
    expect(house.messages("resource.drifted")).toEqual(["/web.conf is not there; it is only observed"]);
    expect(house.files()).toEqual([]);
  });

  it("stays when it is declared no more, and is nobody's then", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(1), "stack.yaml", "user:ann");
    await settled(house, keeper, 1);
    await keeper.commit(house.document(1, { stack: { resources: {} } }), "stack.yaml", "user:ann");
    await until(() => house.messages("resource.released").length > 0);
    expect(house.messages("resource.released")).toEqual(["/web.conf is no longer declared; it stays"]);
    expect(house.named()).toEqual(["8000"]);
    expect(await house.store.claims("shop", "resources:file")).toEqual([]);
  });

  it("may name no group, and changes with its declaration", async () => {
    const house = shop();
    const keeper = await house.open();
    const stack = { groups: {} };
    await keeper.commit(house.document(0, { stack, file: { content: "hello" } }), "stack.yaml", "user:ann");
    await until(() => house.told().length === 1);
    await keeper.commit(house.document(0, { stack, file: { content: "good morning" } }), "stack.yaml", "user:ann");
    await until(() => house.told().length === 2);
    expect(readFileSync(house.conf, "utf8")).toBe("good morning");
    expect(house.messages("resource.changed")).toEqual(["/web.conf made", "/web.conf changed as declared"]);
  });

  it("stays as it is when its group is let go", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(2), "stack.yaml", "user:ann");
    await settled(house, keeper, 2);
    await keeper.free("web", "user:ann");
    await until(() => house.messages("resource.failed").length > 0);
    expect(house.messages("resource.failed")).toEqual([
      "/web.conf: group web is not kept any more: the file stays as it is",
    ]);
    expect(house.named()).toEqual(["8000", "8001"]);
  });
});

describe("a plan", () => {
  it("tells what would become of the file, as its members are now, and writes nothing", async () => {
    const house = shop();
    const files = async (...changes: Parameters<Shop["document"]>) =>
      (await house.plan(house.document(...changes))).files;
    expect(await files(2)).toEqual([{ path: house.conf, effect: "create", changes: [] }]);
    expect(house.files()).toEqual([]);
    const keeper = await house.open();
    await keeper.commit(house.document(2), "stack.yaml", "user:ann");
    await settled(house, keeper, 2);
    await keeper.close();
    expect(await files(3)).toEqual([{ path: house.conf, effect: "none", changes: [] }]);
    const changed = { file: { content: "x", mode: "0600" } };
    expect(await files(2, changed)).toEqual([{ path: house.conf, effect: "in-place", changes: ["content", "mode"] }]);
    expect((await house.plan(house.document(2, changed))).changes).toEqual(["resources.file"]);
    const none = { stack: { resources: {} } };
    expect(await files(2, none)).toEqual([{ path: house.conf, effect: "released", changes: [] }]);
  });

  it("says what would be left as it is, and why", async () => {
    const house = shop();
    writeFileSync(house.conf, "theirs");
    const held = { reason: "file.conflict", message: "it is there already and is not Muster's" };
    const plan = await house.plan(house.document(2));
    expect(plan.files).toEqual([{ path: house.conf, effect: "none", changes: [], held }]);
  });
});
