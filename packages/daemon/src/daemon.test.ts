import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { isConverged } from "@muster/model";
import { systemClock } from "@muster/runtime";
import { openSqliteStore, thisProcess } from "@muster/store";
import { describe, expect, it, vi } from "vitest";
import type { Daemon } from "./index.ts";
import { startChild } from "./test/child.ts";
import { ask } from "./test/client.ts";
import { infrakitGroup, webStack } from "./test/documents.ts";
import { plainFlavor } from "./test/flavor.ts";
import { folder, folderTypeIn, namesIn } from "./test/folder-type.ts";
import { newRoom } from "./test/room.ts";

const FILE = "/stacks/shop.yaml";

describe("a daemon", () => {
  it("makes what is applied, and makes it anew when it is deleted by hand", async () => {
    const room = newRoom();
    const daemon = await room.start();

    const answer = await daemon.apply(webStack(3), FILE, "user:ada");

    expect(answer).toMatchObject({ stack: "shop", generation: 1, unchanged: false });
    await converged(daemon, "shop", "web");
    const [first = ""] = namesIn(room.path("instances"));
    rmSync(room.path("instances", first));
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(3));
    expect(namesIn(room.path("instances"))).not.toContain(first);
  });

  it("goes on with what the store knows, and makes nothing twice", async () => {
    const room = newRoom();
    const first = await room.start();
    await first.apply(webStack(2), FILE, "user:ada");
    await converged(first, "shop", "web");
    const made = namesIn(room.path("instances"));
    await first.close();

    const second = await room.start();

    await converged(second, "shop", "web");
    expect(namesIn(room.path("instances"))).toEqual(made);
    expect(await second.apply(webStack(2), FILE, "user:ada")).toMatchObject({ generation: 1, unchanged: true });
  });

  it("leaves the instances, gives back its leases and removes its socket when it ends", async () => {
    const room = newRoom();
    const daemon = await room.start();
    await daemon.apply(webStack(2), FILE, "user:ada");
    await converged(daemon, "shop", "web");

    await daemon.close();
    await daemon.close();

    const store = openSqliteStore(room.path("state", "store.sqlite"));
    expect(await store.lease("shop")).toBeUndefined();
    await store.close();
    expect(namesIn(room.path("instances"))).toHaveLength(2);
    expect(existsSync(daemon.socket)).toBe(false);
  });

  it("closes its socket and the directory of it to others", async () => {
    const room = newRoom();
    const daemon = await room.start();
    expect(statSync(daemon.socket).mode & 0o777).toBe(0o600);
    expect(statSync(room.path("run")).mode & 0o777).toBe(0o700);
    expect(statSync(room.path("plugins")).mode & 0o777).toBe(0o700);
  });

  it("takes InfraKit's names for what is built in", async () => {
    const room = newRoom();
    const daemon = await room.start();
    await daemon.apply(infrakitGroup("garethr", 2, "file"), FILE, "user:ada");
    await converged(daemon, "garethr", "garethr");
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });

  it("lets go of a stack whose last group was destroyed", async () => {
    const room = newRoom();
    const daemon = await room.start();
    await daemon.apply(webStack(2), FILE, "user:ada");
    await converged(daemon, "shop", "web");

    await daemon.keepers()[0]?.destroy("web", "user:ada");

    await vi.waitFor(() => expect(daemon.keepers()).toEqual([]), 5_000);
    expect(namesIn(room.path("instances"))).toEqual([]);
    expect(await daemon.apply(webStack(1), FILE, "user:ada")).toMatchObject({ unchanged: false });
  });

  it("lets go of a stack whose last resource was destroyed with it", async () => {
    const room = newRoom();
    const daemon = await room.start();
    const resources = { "instance-file": { one: {} } };
    await daemon.apply({ dialect: "muster", data: { stack: "shop", resources } }, FILE, "user:ada");
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(1), 5_000);

    const { status } = await ask(daemon.socket, "POST", "/v1/destroy", { stack: "shop", actor: "ada" });

    expect(status).toBe(200);
    await vi.waitFor(() => expect(daemon.keepers()).toEqual([]), 5_000);
    expect(namesIn(room.path("instances"))).toEqual([]);
  });

  it("says of a stack that is not there what may be meant", async () => {
    const daemon = await newRoom().start();
    await daemon.apply(webStack(1), FILE, "user:ada");

    const answer = await ask(daemon.socket, "POST", "/v1/destroy", { stack: "shopp", actor: "ada" });

    const words = { stack: "shopp", nearest: " (did you mean `shop`?)" };
    expect(answer).toMatchObject({ status: 404, body: { error: { code: "stack.not-found", words } } });
    expect(daemon.keepers().map(({ stack }) => stack)).toEqual(["shop"]);
  });
});

describe("an end", () => {
  it("waits for what is in flight, and the next start makes nothing twice", async () => {
    const room = newRoom();
    await startChild("plugin-process.ts", room.path("plugins", "shelf"), room.path("shelf"), "shelf", "1000");
    const decided = Promise.withResolvers<void>();
    const first = await room.start({ onEvent: ({ type }) => type === "group.decided" && decided.resolve() });
    await first.apply(webStack(2, { shelf: {} }), FILE, "user:ada");
    await decided.promise;
    expect(namesIn(room.path("shelf"))).toEqual([]);

    await first.close();

    const made = namesIn(room.path("shelf"));
    expect(made).toHaveLength(2);
    const second = await room.start();
    await converged(second, "shop", "web");
    expect(namesIn(room.path("shelf"))).toEqual(made);
  });

  it("waits no longer than its bound for a call that never ends", async () => {
    const room = newRoom();
    const called = Promise.withResolvers<void>();
    const endless = {
      ...folderTypeIn(room.path("instances")),
      async open() {
        const provider = folder(room.path("instances"), { now: Date.now, randomBytes });
        return {
          ...provider,
          create() {
            called.resolve();
            return new Promise<never>(() => undefined);
          },
        };
      },
    };
    const builtins = { types: [endless], flavors: [plainFlavor()] };
    // The bound is 10 s; a hundredth of it will do here.
    const clock = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 100, run) };
    const daemon = await room.start({ builtins, outside: { io: { now: Date.now, randomBytes }, clock } });
    await daemon.apply(webStack(1), FILE, "user:ada");
    await called.promise;

    await daemon.close();

    expect(room.notices).toContainEqual(expect.objectContaining({ kind: "trouble" }));
    expect(existsSync(daemon.socket)).toBe(false);
  });
});

describe("a start", () => {
  it("is not held up by a socket that a killed process left behind", async () => {
    const room = newRoom();
    const killed = await startChild("daemon-process.ts", room.path());
    expect(killed.said).toBe("ready");
    await killed.end("SIGKILL");
    expect(existsSync(room.path("run", "muster.sock"))).toBe(true);

    const daemon = await room.start();

    expect(await ask(daemon.socket, "GET", "/v1/ping")).toMatchObject({ status: 200, body: { pid: process.pid } });
  });

  it("is refused where another Muster serves the socket", async () => {
    const room = newRoom();
    await room.start();
    const holder = expect.stringContaining(String(process.pid));
    const refused = { code: "daemon.held", words: { socket: room.path("run", "muster.sock"), holder } };
    await expect(room.start()).rejects.toMatchObject(refused);
  });

  it("is refused where something else answers at the socket", async () => {
    const room = newRoom();
    mkdirSync(room.path("run"), { mode: 0o700 });
    const server = createServer().listen(room.path("run", "muster.sock"));
    await expect(room.start()).rejects.toMatchObject({ code: "daemon.held" });
    server.close();
  });

  it("is refused where the path of the socket is too long, or its directory is open to others", async () => {
    const room = newRoom();
    const long = join(room.path("run"), "x".repeat(120));
    await expect(room.start({ socket: long })).rejects.toMatchObject({ code: "daemon.socket-path" });
    mkdirSync(room.path("run"));
    chmodSync(room.path("run"), 0o755);
    await expect(room.start()).rejects.toMatchObject({ code: "daemon.unsafe-directory" });
  });

  it("is refused where the plugin directory is open to others", async () => {
    const room = newRoom();
    mkdirSync(room.path("plugins"));
    chmodSync(room.path("plugins"), 0o777);
    await expect(room.start()).rejects.toMatchObject({ code: "daemon.unsafe-directory" });
    expect(existsSync(room.path("run", "muster.sock"))).toBe(false);
  });
});

describe("two daemons on one store", () => {
  it("keep different stacks side by side", async () => {
    const room = newRoom();
    const [one, other] = [
      await room.start({ command: "watch a.yaml", stacks: ["a"], socket: room.path("run", "a.sock") }),
      await room.start({ command: "watch b.yaml", stacks: ["b"], socket: room.path("run", "b.sock") }),
    ];
    await one.apply(webStack(1, undefined, "a"), "/a.yaml", "user:ada");
    await other.apply(webStack(1, undefined, "b"), "/b.yaml", "user:ada");
    await converged(one, "a", "web");
    await converged(other, "b", "web");
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });

  it("never keep the same stack: the second one is told who does", async () => {
    const room = newRoom();
    const socket = room.path("run", "stack-shop.sock");
    await room.start({ command: "watch shop.yaml", stacks: ["shop"], socket });
    const { said } = await startChild("daemon-process.ts", room.path(), "watch other.yaml", "shop");
    expect(said).toBe(
      `stack.held: stack \`shop\` is held by \`muster watch shop.yaml\` (process ${process.pid}, ${socket})`,
    );
  });

  it("pass over what the other one keeps, and say so", async () => {
    const room = newRoom();
    const socket = room.path("run", "stack-shop.sock");
    const watching = await room.start({ command: "watch shop.yaml", stacks: ["shop"], socket });
    await watching.apply(webStack(1), FILE, "user:ada");

    const serving = await room.start();

    expect(serving.keepers()).toEqual([]);
    expect(room.notices).toContainEqual(expect.objectContaining({ kind: "held", stack: "shop" }));
    await expect(serving.apply(webStack(2), FILE, "user:ada")).rejects.toMatchObject({ code: "stack.held" });
  });

  it("end a stack that was taken away from them, loudly, and no other", async () => {
    const room = newRoom();
    const store = room.store();
    const daemon = await room.start({ store });
    await daemon.apply(webStack(1), FILE, "user:ada");
    await daemon.apply(webStack(1, undefined, "other"), FILE, "user:ada");
    await converged(daemon, "shop", "web");
    await converged(daemon, "other", "web");

    await store.acquire("shop", thisProcess("/elsewhere", "serve"), async () => false);
    for (const name of namesIn(room.path("instances"))) rmSync(room.path("instances", name));

    await vi.waitFor(() => expect(room.notices.map(({ kind }) => kind)).toContain("lost"), 5_000);
    await vi.waitFor(() => expect(daemon.keepers().map(({ stack }) => stack)).toEqual(["other"]));
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(1));
    await expect(daemon.apply(webStack(2), FILE, "user:ada")).rejects.toMatchObject({ code: "stack.held" });
  });

  it("go on with the others where one declaration cannot be read any more", async () => {
    const room = newRoom();
    const store = room.store();
    const lease = await store.acquire("odd", thisProcess("", "serve"), async () => false);
    const document = { dialect: "muster", data: { stack: "odd", groups: 7 } } as const;
    const declaration = { stack: "odd", document, source: FILE, generation: 1, steering: {}, former: {} };
    await store.write(lease, { declaration }, 0);
    await store.release(lease);

    const daemon = await room.start({ store });

    expect(room.notices).toContainEqual(expect.objectContaining({ kind: "held", stack: "odd" }));
    expect(await store.lease("odd")).toBeUndefined();
    await daemon.apply(webStack(1), FILE, "user:ada");
    await converged(daemon, "shop", "web");
  });

  it("goes on after one was killed in the middle of its work, and makes nothing twice", async () => {
    const room = newRoom();
    const killed = await startChild("daemon-process.ts", room.path());
    const request = { document: webStack(200), source: FILE, actor: "ada" };
    await ask(room.path("run", "muster.sock"), "POST", "/v1/apply", request);
    await vi.waitFor(() => expect(namesIn(room.path("instances")).length).toBeGreaterThan(0), 5_000);
    await killed.end("SIGKILL");

    const daemon = await room.start();

    await converged(daemon, "shop", "web");
    expect(namesIn(room.path("instances"))).toHaveLength(200);
  });
});

async function converged(daemon: Daemon, stack: string, group: string): Promise<void> {
  await vi.waitFor(
    () => {
      const keeper = daemon.keepers().find((each) => each.stack === stack);
      const status = keeper?.groups().find(({ name }) => name === group)?.status;
      expect(status !== undefined && isConverged(status), JSON.stringify(status)).toBe(true);
    },
    { timeout: 10_000 },
  );
}
