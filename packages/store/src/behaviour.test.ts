import { beforeEach, describe, expect, it } from "vitest";
import { type Claim, type Declaration, type Holder, type Store, UNSTEERED } from "./contract.ts";
import { dead, describeEveryStore, event, holder, living, NOW } from "./test/stores.ts";

const declaration = (stack: string, generation = 1): Declaration => ({
  stack,
  document: { dialect: "muster", data: { stack, groups: { web: { size: 3 } } } },
  source: `/srv/${stack}.yaml`,
  generation,
  steering: { web: { ...UNSTEERED, goal: "paused", retriedIn: 2 } },
  former: { web: { dialect: "muster", data: { stack, groups: { web: { size: 2 } } } } },
});

const claim = (id: string, owner = "web", stack = "shop"): Claim => ({
  type: "file",
  scope: "host",
  id,
  mark: { stack, owner, slot: "0", revision: "r1" },
});

describeEveryStore("records", (present) => {
  let store: Store;
  beforeEach(() => {
    store = present();
  });
  const lease = (stack = "shop") => store.acquire(stack, holder(1), living);

  describe("the lease of a stack", () => {
    it("is taken when it is free, and tells who has it", async () => {
      expect(await store.lease("shop")).toBeUndefined();
      const taken = await lease();
      expect(taken).toEqual({ stack: "shop", epoch: 1, holder: holder(1) });
      expect(await store.lease("shop")).toEqual(taken);
    });

    it("is not taken from a holder that lives, and says who that is", async () => {
      await lease();
      await expect(store.acquire("shop", holder(2), living)).rejects.toMatchObject({
        code: "stack.held",
        message: "stack `shop` is held by `muster serve` (process 1, /run/1.sock)",
      });
      expect(await store.lease("shop")).toMatchObject({ epoch: 1, holder: { pid: 1 } });
    });

    it("asks about the present holder", async () => {
      await lease();
      const asked: number[] = [];
      const ask = async (present: Holder) => {
        asked.push(present.pid);
        return false;
      };
      await store.acquire("shop", holder(2), ask);
      expect(asked).toEqual([1]);
    });

    it("is taken from a dead holder, with a higher epoch", async () => {
      await lease();
      expect(await store.acquire("shop", holder(2), dead)).toEqual({ stack: "shop", epoch: 2, holder: holder(2) });
    });

    it("has a higher epoch after it was given back, too", async () => {
      await store.release(await lease());
      expect(await store.lease("shop")).toBeUndefined();
      expect(await store.acquire("shop", holder(2), living)).toMatchObject({ epoch: 2 });
    });

    it("is not given back by one who lost it", async () => {
      const lost = await lease();
      const present = await store.acquire("shop", holder(2), dead);
      await store.release(lost);
      expect(await store.lease("shop")).toEqual(present);
    });

    it("goes to one of many that find the holder dead at the same time", async () => {
      await lease();
      const aliveButTheFirst = async (present: Holder) => present.pid !== 1;
      const rivals = [2, 3, 4, 5].map((pid) => store.acquire("shop", holder(pid), aliveButTheFirst));
      const outcomes = await Promise.allSettled(rivals);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "stack.held" });
      }
      expect(await store.lease("shop")).toMatchObject({ epoch: 2 });
    });

    it("is of one stack only", async () => {
      await lease("shop");
      expect(await store.acquire("blog", holder(2), living)).toMatchObject({ stack: "blog", epoch: 1 });
    });
  });

  describe("a write", () => {
    it("of a holder that lost its lease is refused, and nothing is written", async () => {
      const lost = await lease();
      await store.acquire("shop", holder(2), dead);
      const writes = {
        declaration: declaration("shop"),
        memory: { web: 1 },
        claim: [claim("/a")],
        events: [event("no")],
      };
      await expect(store.write(lost, writes, NOW)).rejects.toMatchObject({
        code: "stack.lost",
        message: expect.stringContaining("process 2"),
      });
      expect(await store.declaration("shop")).toBeUndefined();
      expect(await store.memory("shop", "web")).toBeUndefined();
      expect(await store.claimed("file", "host", "/a")).toBeUndefined();
      expect(await store.events({})).toEqual([]);
    });

    it("of a holder that gave its lease back is refused", async () => {
      const returned = await lease();
      await store.release(returned);
      await expect(store.write(returned, { memory: { web: 1 } }, NOW)).rejects.toMatchObject({ code: "stack.lost" });
    });

    it("is there as a whole", async () => {
      const held = await lease();
      const written = await store.write(
        held,
        {
          declaration: declaration("shop"),
          memory: { web: { intents: [] } },
          claim: [claim("/a")],
          events: [event("a")],
        },
        NOW,
      );
      expect(written).toMatchObject([{ stack: "shop", seq: 1, at: NOW, message: "a" }]);
      expect(await store.declaration("shop")).toEqual(declaration("shop"));
      expect(await store.memory("shop", "web")).toEqual({ intents: [] });
      expect(await store.claimed("file", "host", "/a")).toEqual(claim("/a"));
      expect((await store.events({})).map((entry) => entry.event)).toEqual(written);
    });

    it("is not there at all when a part of it is refused", async () => {
      const held = await lease();
      await store.write(held, { memory: { web: "before" }, claim: [claim("/a", "other"), claim("/b")] }, NOW);
      const writes = {
        declaration: declaration("shop"),
        memory: { web: "after", api: "new" },
        release: [claim("/b")],
        claim: [claim("/c"), claim("/a")],
        events: [event("no")],
      };
      await expect(store.write(held, writes, NOW)).rejects.toMatchObject({ code: "claim.taken" });
      expect(await store.declaration("shop")).toBeUndefined();
      expect(await store.memory("shop", "web")).toBe("before");
      expect(await store.memory("shop", "api")).toBeUndefined();
      expect(await store.claimed("file", "host", "/b")).toEqual(claim("/b"));
      expect(await store.claimed("file", "host", "/c")).toBeUndefined();
      expect(await store.events({})).toEqual([]);
    });

    it("goes on after one that was refused", async () => {
      const held = await lease();
      await store.write(held, { claim: [claim("/a", "other")] }, NOW);
      await expect(store.write(held, { claim: [claim("/a")] }, NOW)).rejects.toThrow();
      await store.write(held, { events: [event("a")] }, NOW);
      expect(await store.events({})).toMatchObject([{ event: { message: "a" } }]);
    });

    it("about another stack than the lease's is refused", async () => {
      const held = await lease();
      for (const writes of [{ declaration: declaration("blog") }, { claim: [claim("/a", "web", "blog")] }]) {
        await expect(store.write(held, writes, NOW)).rejects.toMatchObject({ code: "internal" });
      }
      expect(await store.declarations()).toEqual([]);
      expect(await store.claimed("file", "host", "/a")).toBeUndefined();
    });
  });

  describe("declarations", () => {
    it("are replaced, listed by stack, and forgotten", async () => {
      const shop = await lease("shop");
      const blog = await lease("blog");
      await store.write(shop, { declaration: declaration("shop") }, NOW);
      await store.write(blog, { declaration: declaration("blog") }, NOW);
      await store.write(shop, { declaration: declaration("shop", 2) }, NOW);
      expect(await store.declarations()).toEqual([declaration("blog"), declaration("shop", 2)]);
      await store.write(shop, { declaration: null }, NOW);
      expect(await store.declarations()).toEqual([declaration("blog")]);
      expect(await store.declaration("shop")).toBeUndefined();
    });
  });

  describe("memory", () => {
    it("is kept by stack and group, and forgotten", async () => {
      const shop = await lease("shop");
      const blog = await lease("blog");
      await store.write(shop, { memory: { web: { n: 1 }, api: [false, "é\u0000\ud800"] } }, NOW);
      await store.write(blog, { memory: { web: { n: 2 } } }, NOW);
      await store.write(shop, { memory: { web: { n: 3 } } }, NOW);
      expect(await store.memory("shop", "web")).toEqual({ n: 3 });
      expect(await store.memory("shop", "api")).toEqual([false, "é\u0000\ud800"]);
      expect(await store.memory("blog", "web")).toEqual({ n: 2 });
      await store.write(shop, { memory: { web: null } }, NOW);
      expect(await store.memory("shop", "web")).toBeUndefined();
      expect(await store.memory("shop", "api")).toBeDefined();
    });

    it("is found by how its names begin", async () => {
      const shop = await lease("shop");
      const blog = await lease("blog");
      const memory = { "a:": 0, "a:2": 2, "a:\u{10ffff}1": 3, "a:1": 1, b: 4, "A:1": 5, "a;": 6 };
      await store.write(shop, { memory }, NOW);
      await store.write(blog, { memory: { "a:1": "blog" } }, NOW);
      expect([...(await store.memories("shop", "a:"))].slice(0, 3)).toEqual([
        ["a:", 0],
        ["a:1", 1],
        ["a:2", 2],
      ]);
      expect([...(await store.memories("shop", ""))].map(([name]) => name).toSorted()).toEqual(
        Object.keys(memory).toSorted(),
      );
      expect(await store.memories("shop", "none")).toEqual(new Map());
    });

    it("shares nothing with what was written", async () => {
      const held = await lease();
      const memory = { tries: [1] };
      await store.write(held, { memory: { web: memory } }, NOW);
      memory.tries.push(2);
      expect(await store.memory("shop", "web")).toEqual({ tries: [1] });
    });
  });

  describe("claims", () => {
    it("are listed by owner, and found by type, scope and id", async () => {
      const held = await lease();
      const api = claim("/c", "api");
      await store.write(held, { claim: [claim("/b"), claim("/a"), api] }, NOW);
      expect(await store.claims("shop", "web")).toEqual([claim("/a"), claim("/b")]);
      expect(await store.claims("shop", "api")).toEqual([api]);
      expect(await store.claims("blog", "web")).toEqual([]);
      expect(await store.claimed("file", "host", "/c")).toEqual(api);
      expect(await store.claimed("file", "elsewhere", "/c")).toBeUndefined();
      expect(await store.claimed("port", "host", "/c")).toBeUndefined();
    });

    it("are the same thing's only with the same type, scope and id", async () => {
      const held = await lease();
      const elsewhere = { ...claim("/a", "api"), scope: "elsewhere" };
      const port = { ...claim("/a", "api"), type: "port" };
      await store.write(held, { claim: [claim("/a"), elsewhere, port] }, NOW);
      expect(await store.claims("shop", "api")).toEqual([elsewhere, port]);
    });

    it("are renewed by their owner", async () => {
      const held = await lease();
      const renewed = { ...claim("/a"), mark: { ...claim("/a").mark, slot: "7", revision: "r2" } };
      await store.write(held, { claim: [claim("/a")] }, NOW);
      await store.write(held, { claim: [renewed] }, NOW);
      expect(await store.claims("shop", "web")).toEqual([renewed]);
    });

    it.each<[string, string, "shop" | "blog"]>([
      ["another group", "api", "shop"],
      ["another stack's group of the same name", "web", "blog"],
    ])("are not taken from %s, and the error says who has them", async (_, owner, stack) => {
      const leases = { shop: await lease("shop"), blog: await lease("blog") };
      await store.write(leases[stack], { claim: [claim("/a", owner, stack)] }, NOW);
      await expect(store.write(leases.shop, { claim: [claim("/a")] }, NOW)).rejects.toMatchObject({
        code: "claim.taken",
        message: `file \`/a\` already belongs to ${stack}/${owner}`,
      });
      expect(await store.claimed("file", "host", "/a")).toEqual(claim("/a", owner, stack));
    });

    it("are taken over from the owner that is named, and from no other", async () => {
      const leases = { shop: await lease("shop"), blog: await lease("blog") };
      await store.write(leases.blog, { claim: [claim("/a", "api", "blog")] }, NOW);
      const over = (owner: string, stack: string) => ({ claim: [{ ...claim("/a"), over: { stack, owner } }] });
      for (const former of [over("api", "shop"), over("web", "blog")]) {
        await expect(store.write(leases.shop, former, NOW)).rejects.toMatchObject({ code: "claim.taken" });
      }
      await store.write(leases.shop, over("api", "blog"), NOW);
      expect(await store.claimed("file", "host", "/a")).toEqual(claim("/a"));
      expect(await store.claims("blog", "api")).toEqual([]);
      await store.write(leases.blog, { release: [claim("/a")] }, NOW);
      expect(await store.claims("shop", "web")).toEqual([claim("/a")]);
    });

    it("are not made twice in one write for two owners", async () => {
      const held = await lease();
      await expect(store.write(held, { claim: [claim("/a"), claim("/a", "api")] }, NOW)).rejects.toMatchObject({
        code: "claim.taken",
      });
      expect(await store.claimed("file", "host", "/a")).toBeUndefined();
    });

    it("are free once they are released, in the same write already", async () => {
      const held = await lease();
      await store.write(held, { claim: [claim("/a"), claim("/b")] }, NOW);
      await store.write(held, { release: [claim("/a"), claim("/b")], claim: [claim("/a", "api")] }, NOW);
      expect(await store.claimed("file", "host", "/a")).toEqual(claim("/a", "api"));
      expect(await store.claimed("file", "host", "/b")).toBeUndefined();
    });

    it("of another stack are not released", async () => {
      await store.write(await lease("blog"), { claim: [claim("/a", "web", "blog")] }, NOW);
      await store.write(await lease("shop"), { release: [claim("/a"), claim("/nobody's")] }, NOW);
      expect(await store.claimed("file", "host", "/a")).toEqual(claim("/a", "web", "blog"));
    });
  });

  it("answers nothing more once it is closed, and is closed twice without harm", async () => {
    const held = await lease();
    await store.close();
    await store.close();
    await expect(store.lease("shop")).rejects.toMatchObject({ code: "store.failed" });
    await expect(store.write(held, {}, NOW)).rejects.toMatchObject({ code: "store.failed" });
  });
});
