/** A file that names the members of a group, kept by the production runtime with the real type `file`. */
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isConverged } from "@muster/model";
import type { StackKeeper } from "@muster/runtime";
import { describe, expect, it, vi } from "vitest";
import { type Shop, shop } from "./support/shop.ts";

const PATIENCE = { timeout: 15_000, interval: 20 };

function until(holds: () => unknown): Promise<void> {
  return vi.waitFor(() => expect(holds()).toBe(true), PATIENCE);
}

/** The members are as declared, and the program of the file was told so. */
async function settled(house: Shop, keeper: StackKeeper, size: number): Promise<void> {
  await until(() => {
    const status = keeper.groups()[0]?.status;
    return status !== undefined && isConverged(status) && house.things.size === size;
  });
  await until(
    () => house.named()?.length === Math.max(1, size) && house.told().at(-1) === readFileSync(house.conf, "utf8"),
  );
  await vi.waitFor(async () => {
    const claim = await house.store.claimed("file", "/", house.conf);
    expect(claim?.mark.revision).not.toBe("unsettled");
  }, PATIENCE);
}

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
