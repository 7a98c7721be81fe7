import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { type Child, startChild } from "../test/child.ts";
import { openSqliteStore } from "./store.ts";

let path: string;
const children: Child[] = [];
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "store-")), "store.sqlite");
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  rmSync(join(path, ".."), { recursive: true });
});

function start(script: string, ...args: string[]): Child {
  const child = startChild(script, ...args);
  children.push(child);
  return child;
}

async function startContenders(count: number): Promise<readonly Child[]> {
  const contenders = Array.from({ length: count }, () => start("contender.ts"));
  for (const line of await Promise.all(contenders.map((each) => each.nextLine()))) expect(line).toBe("ready");
  return contenders;
}

/** What each of them answers when all are told at once. */
async function contend(contenders: readonly Child[], file: string, stack: string): Promise<readonly string[]> {
  const answers = contenders.map((each) => each.nextLine());
  for (const each of contenders) each.say(`${file} ${stack}`);
  return (await Promise.all(answers)).sort();
}

describe("processes that share one file", () => {
  it("make the store together, and one of them gets the lease", async () => {
    const contenders = await startContenders(4);
    for (let round = 0; round < 25; round++) {
      const answers = await contend(contenders, `${path}-${round}`, "shop");
      expect(answers).toEqual(["epoch 1", "stack.held", "stack.held", "stack.held"]);
    }
  });

  it("take a dead one's lease over, one of them", async () => {
    const store = openSqliteStore(path);
    const contenders = await startContenders(2);
    for (let round = 0; round < 25; round++) {
      const stack = `stack-${round}`;
      const dead = { ...thisProcess("", "serve"), started: "1" };
      const lost = await store.acquire(stack, dead, isAlive);
      expect(await contend(contenders, path, stack)).toEqual(["epoch 2", "stack.held"]);
      await expect(store.write(lost, { memory: { web: 1 } }, 0)).rejects.toMatchObject({ code: "stack.lost" });
    }
    await store.close();
  });

  it("take over from one that was killed", async () => {
    const holder = start("contender.ts");
    expect(await holder.nextLine()).toBe("ready");
    expect(await contend([holder], path, "shop")).toEqual(["epoch 1"]);
    const store = openSqliteStore(path);
    const me = thisProcess("", "serve");
    await expect(store.acquire("shop", me, isAlive)).rejects.toMatchObject({ code: "stack.held" });
    await holder.kill();
    expect(await store.acquire("shop", me, isAlive)).toMatchObject({ epoch: 2 });
    await store.close();
  });

  it("wait for each other's writes", async () => {
    const store = openSqliteStore(path);
    const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);
    expect(await start("locker.ts", path, "300").nextLine()).toBe("locked");
    await store.write(lease, { memory: { web: 1 } }, 0);
    expect(await store.memory("shop", "web")).toBe(1);
    await store.close();
  });

  it("see what another one wrote as soon as it is acknowledged", async () => {
    const [mine, other] = [openSqliteStore(path), openSqliteStore(path)];
    const lease = await mine.acquire("shop", thisProcess("", "serve"), isAlive);
    for (let n = 1; n <= 3; n++) {
      await mine.write(lease, { memory: { web: n } }, 0);
      expect(await other.memory("shop", "web")).toBe(n);
    }
    await mine.close();
    await other.close();
  });
});
