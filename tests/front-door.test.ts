/** A file that names the members of a group, kept by the production runtime with the real type `file`. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { settled, shop, until } from "./support/shop.ts";

describe("a member that is to go", () => {
  it("is out of the file, and its program told, before it is drained and destroyed", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(3), "stack.yaml", "user:ann");
    await settled(house, keeper, 3);
    expect(house.named()).toEqual(["8000", "8001", "8002"]);
    house.silent.set();
    await keeper.scale("web", 2, "user:ann");
    await until(() => house.named()?.length === 2);
    keeper.wake();
    expect(house.happened).toEqual([]);
    house.silent.clear();
    await settled(house, keeper, 2);
    const [gone] = ["8000", "8001", "8002"].filter((port) => house.named()?.includes(port) !== true);
    const left = house.named()?.join(" ");
    expect(house.happened).toEqual([
      `drain ${gone}: file ${left}, program ${left}`,
      `destroy ${gone}: file ${left}, program ${left}`,
    ]);
  });

  it("goes with all others at once: they are one change of the file", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(40), "stack.yaml", "user:ann");
    await settled(house, keeper, 40);
    const before = house.messages("resource.changed").length;
    await keeper.scale("web", 2, "user:ann");
    await settled(house, keeper, 2);
    expect(house.messages("resource.changed").slice(before)).toEqual([
      expect.stringMatching(/^\/web\.conf changed; out: (web\/\d+ \(i-\d+\), ){4}web\/\d+ \(i-\d+\) and 33 more$/),
    ]);
  });

  it("is replaced in a rollout without ever being named after it began to leave", async () => {
    const house = shop();
    const keeper = await house.open();
    await keeper.commit(house.document(3), "stack.yaml", "user:ann");
    await settled(house, keeper, 3);
    const group = { template: { thing: { version: 2 } } };
    await keeper.commit(house.document(3, { group }), "stack.yaml", "user:ann");
    await until(() => [...house.things.values()].every(({ properties }) => properties["version"] === 2));
    await settled(house, keeper, 3);
    expect(house.happened).toHaveLength(6);
    for (const each of house.happened) {
      const [, gone = "", file = "", program = ""] = /^\w+ (\d+): file (.*), program (.*)$/.exec(each) ?? [];
      expect(file).not.toContain(gone);
      expect(program).not.toContain(gone);
      // Whoever goes has been replaced before.
      expect(program.split(" ")).toHaveLength(3);
    }
  });

  it("goes by force when the program cannot be told in its time, and that is said", async () => {
    const house = shop();
    const keeper = await house.open();
    const group = { rollout: { drainTimeout: "200ms" } };
    await keeper.commit(house.document(2, { group }), "stack.yaml", "user:ann");
    await settled(house, keeper, 2);
    house.broken.set();
    await keeper.commit(house.document(1, { group }), "stack.yaml", "user:ann");
    await until(() => house.things.size === 1);
    await until(() => house.messages("instance.destroyed").length === 1);
    expect(house.messages("instance.destroyed")[0]).toMatch(
      /by force: i-\d was not taken out of what sends work to it/,
    );
  });

  it("waits for nobody who does not answer in time: that is said, and he is told again", async () => {
    const house = shop();
    const keeper = await house.open();
    const file = { notify: { command: [house.reloader], timeout: "500ms", settle: "0ms" } };
    await keeper.commit(house.document(2, { file }), "stack.yaml", "user:ann");
    await settled(house, keeper, 2);
    house.silent.set();
    await keeper.commit(house.document(1, { file }), "stack.yaml", "user:ann");
    await until(() => house.things.size === 1);
    await until(() => house.messages("instance.destroyed").length === 1);
    expect(house.messages("instance.destroyed")[0]).not.toContain("by force");
    expect(house.messages("resource.failed")).toEqual([expect.stringContaining("did not end within 0.5 s")]);
    house.silent.clear();
    await settled(house, keeper, 1);
  });
});

describe("a member that comes", () => {
  it("is named when it is ready, and not before; and one that fails is named no longer", async () => {
    const house = shop();
    const keeper = await house.open();
    for (const id of ["i-0", "i-1"]) house.verdicts.set(id, { kind: "unknown", reason: "not up yet" });
    await keeper.commit(house.document(2, { group: { repair: { breaker: "1%" } } }), "stack.yaml", "user:ann");
    await until(() => house.things.size === 2);
    await until(() => house.named()?.join() === "9" || house.named()?.length === 0);
    house.verdicts.delete("i-0");
    keeper.wake();
    await until(() => house.named()?.join() === "8000");
    house.verdicts.delete("i-1");
    keeper.wake();
    await until(() => house.named()?.join() === "8000,8001");
    // Nobody can tell: that is no reason to send nobody there any more.
    house.verdicts.set("i-1", { kind: "unknown", reason: "no answer" });
    house.verdicts.set("i-0", { kind: "fail", reason: "500" });
    keeper.wake();
    await until(() => house.named()?.includes("8000") === false);
    expect(house.named()).toContain("8001");
  });
});

describe("a program that cannot be told", () => {
  it("is told again and again, more and more seldom, and this is said once", async () => {
    const house = shop();
    const keeper = await house.open();
    house.broken.set();
    await keeper.commit(house.document(2), "stack.yaml", "user:ann");
    await until(() => house.messages("resource.failed").length > 0);
    await until(() => house.named()?.length === 2);
    const tries = house.tries();
    for (let i = 0; i < 8; i++) {
      writeFileSync(house.conf, `by hand ${i}`);
      await until(() => house.named()?.length === 2);
    }
    expect(house.tries() - tries).toBeLessThan(6);
    expect(house.messages("resource.failed")).toEqual([
      "/web.conf: reload was not told of the change: it ended with 3: no such luck",
    ]);
    house.broken.clear();
    await settled(house, keeper, 2);
    expect(house.messages("resource.notified").at(-1)).toBe("reload was told of /web.conf");
  });
});

describe("content that a check refuses", () => {
  it("never comes into the file: the old one stays, and the refusal is said", async () => {
    const house = shop();
    const keeper = await house.open();
    const file = { check: { command: [house.checker, "${file}"] }, mode: "0640" };
    await keeper.commit(house.document(2, { file }), "stack.yaml", "user:ann");
    await settled(house, keeper, 2);
    const content = readFileSync(house.conf, "utf8");
    const told = house.told().length;
    await keeper.commit(house.document(2, { file: { ...file, content: "nonsense" } }), "stack.yaml", "user:ann");
    await until(() => house.messages("resource.failed").length > 0);
    expect(house.messages("resource.failed")).toEqual([
      "/web.conf: check refuses the new content, and the old stays: it ended with 1: bad: /web.conf",
    ]);
    expect(readFileSync(house.conf, "utf8")).toBe(content);
    expect(house.told()).toHaveLength(told);
    expect(house.files()).toEqual(["web.conf"]);
    await keeper.commit(house.document(1, { file }), "stack.yaml", "user:ann");
    await settled(house, keeper, 1);
    expect(statSync(house.conf).mode & 0o777).toBe(0o640);
  });
});
