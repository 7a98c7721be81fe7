import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { documentOf, readDocument } from "@muster/declaration";
import { isObject, type Json } from "@muster/model";
import { isAlive, thisProcess } from "@muster/store";
import { describe, expect, it, vi } from "vitest";
import { type Daemon, type DaemonOptions, groupPath, type JournalEntry, PATHS } from "../index.ts";
import { ask } from "../test/client.ts";
import { webStack } from "../test/documents.ts";
import { namesIn } from "../test/folder-type.ts";
import { newRoom, type Room } from "../test/room.ts";

const FILE = "/stacks/shop.yaml";
const ADA = { actor: "ada" };

function nested(levels: number): Json {
  return levels === 0 ? "deep" : [nested(levels - 1)];
}

describe("the API", () => {
  it("says who answers, and when everything was looked at once", async () => {
    const { daemon } = await shop(1);
    expect(await ask(daemon.socket, "GET", PATHS.ping)).toEqual({
      status: 200,
      body: { version: "0.0.0", pid: process.pid, command: "serve", stacks: ["shop"] },
    });
    expect(await ask(daemon.socket, "GET", PATHS.healthz)).toMatchObject({ status: 200 });
    await vi.waitFor(async () => {
      expect(await ask(daemon.socket, "GET", PATHS.readyz)).toEqual({ status: 200, body: { ready: true } });
    });
  });

  it("is not ready when the store is out of reach", async () => {
    const { daemon, options } = await shop(1);
    await options.store.close();
    expect(await ask(daemon.socket, "GET", PATHS.readyz)).toMatchObject({ status: 503, body: { ready: false } });
  });

  it("lists the groups, and tells all of one", async () => {
    const { daemon } = await shop(2);
    expect(await ask(daemon.socket, "GET", PATHS.groups)).toMatchObject({
      body: [{ stack: "shop", name: "web", type: "instance-file", flavor: "vanilla", size: 2 }],
    });
    expect(await detail(daemon)).toMatchObject({
      members: [{ state: "ready" }, { state: "ready" }],
      seen: [{ tags: { "muster.stack": "shop" } }, { tags: { "muster.owner": "web" } }],
    });
  });

  it("lists the plugins, with what is built in", async () => {
    const { daemon } = await shop(0);
    expect(await ask(daemon.socket, "GET", PATHS.plugins)).toEqual({
      status: 200,
      body: [
        {
          name: "muster",
          state: "built-in",
          types: [{ name: "instance-file", summary: "a file per instance" }],
          flavors: [{ name: "vanilla", summary: "nothing besides" }],
        },
      ],
    });
  });
});

describe("applying over the API", () => {
  it("takes a declaration, and the same one again changes nothing", async () => {
    const { daemon } = await shop(1);
    expect(await apply(daemon, webStack(2))).toMatchObject({ body: { generation: 2, unchanged: false } });
    expect(await apply(daemon, webStack(2))).toMatchObject({ body: { generation: 2, unchanged: true } });
  });

  it("only says what would happen when it is asked to pretend", async () => {
    const { daemon, room } = await shop(1);
    const pretended = async (document: object) => (await apply(daemon, document, { pretend: true })).body;
    const changed = { "instance-file": { init: "other" } };
    expect(await pretended(webStack(3))).toMatchObject({
      would: { web: "Adding 2 instances to increase the group size to 3" },
    });
    expect(await pretended(webStack(0))).toMatchObject({
      would: { web: "Terminating 1 instance to reduce the group size to 0" },
    });
    expect(await pretended(webStack(2, changed))).toMatchObject({
      would: {
        web: "Performing a rolling update on 1 instance, then adding 1 instance to increase the group size to 2",
      },
    });
    expect(await pretended(webStack(1))).toMatchObject({ unchanged: true, would: { web: "Nothing to do" } });
    expect(await pretended(webStack(4, undefined, "new"))).toMatchObject({
      generation: 0,
      would: { web: "Managing 4 instances" },
    });
    expect(namesIn(room.path("instances"))).toHaveLength(1);
    expect(daemon.keepers()).toHaveLength(1);
  });

  it("tells the plan of a declaration, and takes nothing by it", async () => {
    const { daemon, room } = await shop(1);
    const plan = async (document: object) =>
      (await ask(daemon.socket, "POST", PATHS.plan, { document, source: "test" })).body;
    expect(await plan(webStack(3))).toMatchObject({
      generation: 1,
      changed: true,
      groups: [{ group: "web", declared: "changed", changes: ["size"], steps: [{ effect: "create", count: 2 }] }],
    });
    expect(await plan(webStack(1, { "instance-file": { init: "other" } }))).toMatchObject({
      groups: [{ steps: [{ effect: "replace", count: 1, why: "outdated" }] }],
    });
    expect(await plan(webStack(1))).toMatchObject({
      changed: false,
      groups: [{ steps: [], away: { now: 0, most: 0 } }],
    });
    expect(await plan(webStack(4, undefined, "new"))).toMatchObject({ generation: 0, groups: [{ declared: "new" }] });
    expect(namesIn(room.path("instances"))).toHaveLength(1);
    expect(daemon.keepers()).toHaveLength(1);
  });

  it("refuses what is wrong before anything is touched, and says where it stands", async () => {
    const { daemon, room } = await shop(1);
    const file = room.path("shop.yaml");
    const lines = ["stack: shop", "groups:", "  web:", "    size: 5", "    template:", "      instnce-file: {}", ""];
    writeFileSync(file, lines.join("\n"));
    const source = await readDocument(file, { env: process.env, sdk: "" });

    const { status, body } = await apply(daemon, documentOf(source), { source: file });

    expect(status).toBe(400);
    expect(body).toMatchObject({
      errors: [{ code: "declaration.unknown-type", place: { file, path: "groups.web.template.instnce-file" } }],
    });
    const at = { path: ["groups", "web", "template", "instnce-file"], what: "key" } as const;
    expect(body).toMatchObject({ errors: [{ place: { at } }] });
    expect(source.locate(at.path, at.what)).toMatchObject({ line: 6, column: 7 });
    expect(await detail(daemon)).toMatchObject({ size: 1, status: { generation: 1 } });
  });

  it("refuses a declaration that its grammar does not know, with all that is wrong", async () => {
    const { daemon } = await shop(1);
    const data = { stack: "shop", groups: { web: { size: -1, template: { "instance-file": {} }, sise: 2 } } };
    const { status, body } = await apply(daemon, { dialect: "muster", data });
    expect(status).toBe(400);
    expect(codesOf(body).toSorted()).toEqual(["declaration.bad-size", "declaration.unknown-key"]);
  });

  it("keeps nothing of a new stack that was refused", async () => {
    const { daemon, options } = await shop(1);
    const { status } = await apply(daemon, webStack(1, { nothing: {} }, "new"));
    expect(status).toBe(400);
    expect(await options.store.declaration("new")).toBeUndefined();
    expect(await options.store.lease("new")).toBeUndefined();
  });

  it("refuses a stack that this Muster was not started for", async () => {
    const { daemon } = await shop(1, { stacks: ["shop"] });
    expect(await apply(daemon, webStack(1, undefined, "other"))).toMatchObject({
      status: 400,
      body: { error: { code: "api.bad-request" } },
    });
  });

  it("refuses what is no request", async () => {
    const { daemon } = await shop(1);
    const refused = { status: 400, body: { error: { code: "api.bad-request" } } };
    expect(await ask(daemon.socket, "POST", PATHS.apply, {})).toMatchObject(refused);
    expect(await ask(daemon.socket, "POST", PATHS.apply, { ...ADA, source: FILE, document: [] })).toMatchObject(
      refused,
    );
    const odd = { actor: "a\nb", source: FILE, document: webStack(1) };
    expect(await ask(daemon.socket, "POST", PATHS.apply, odd)).toMatchObject(refused);
    const huge = { ...ADA, source: FILE, document: webStack(1), rest: "x".repeat(9_000_000) };
    expect(await ask(daemon.socket, "POST", PATHS.apply, huge)).toMatchObject(refused);
    expect(await ask(daemon.socket, "GET", `${PATHS.events}?stack=shop&stack=shop`)).toMatchObject(refused);
    const deep = webStack(1, { "instance-file": { properties: { deep: nested(3000) } } });
    expect(await apply(daemon, deep)).toMatchObject({ status: 400 });
    expect(await ask(daemon.socket, "GET", "/v1/nothing")).toMatchObject({ ...refused, status: 404 });
    expect(await ask(daemon.socket, "GET", `${PATHS.groups}/${"x".repeat(5000)}/web`)).toMatchObject({
      ...refused,
      status: 414,
    });
    expect(await ask(daemon.socket, "GET", `${PATHS.groups}/%zz/web`)).toMatchObject(refused);
  });
});

describe("steering over the API", () => {
  it("scales, to nothing too", async () => {
    const { daemon, room } = await shop(1);
    expect(await steer(daemon, "scale", { size: 3 })).toMatchObject({
      // It speaks of the declaration, and says which one it was looked at for.
      ...{ status: 200, body: { group: { size: 3, status: { generation: 2 } }, unchanged: false } },
    });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(3));
    expect(await steer(daemon, "scale", { size: 0 })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(0));
    expect(codesOf((await steer(daemon, "scale", { size: 1.5 })).body)).toEqual(["declaration.bad-size"]);
  });

  it("pauses and resumes, under the name of who asked", async () => {
    const { daemon, options } = await shop(1);
    const paused = { group: { steering: "paused" } };
    expect(await steer(daemon, "pause")).toMatchObject({ body: { ...paused, unchanged: false } });
    expect(await steer(daemon, "pause")).toMatchObject({ body: { ...paused, unchanged: true } });
    expect(await steer(daemon, "resume")).toMatchObject({ status: 200 });
    const steered = await options.store.events({ types: ["group.steered"] });
    expect(steered.map(({ event }) => event.actor)).toEqual(["user:ada", "user:ada"]);
  });

  it("refuses to promote where no canary waits, and to revert where there is nothing to go back to", async () => {
    const { daemon, options } = await shop(1);
    expect(await steer(daemon, "promote")).toMatchObject({ status: 400, body: { error: { code: "group.no-canary" } } });
    const nothing = { status: 400, body: { error: { code: "group.nothing-to-revert-to" } } };
    expect(await steer(daemon, "revert")).toMatchObject(nothing);
    expect(await options.store.events({ types: ["group.steered"] })).toEqual([]);
  });

  it("shows the policy of a group with its defaults filled in", async () => {
    const { daemon } = await shop(1);
    expect(await detail(daemon)).toMatchObject({
      policy: { rollout: { maxSurge: 1, onFailure: "pause", bakeMs: null }, repair: { breakerShare: 0.4 } },
    });
  });

  it("frees a group: its instances stay", async () => {
    const { daemon, room } = await shop(2);
    expect(await steer(daemon, "free")).toEqual({ status: 200, body: { group: null, unchanged: false } });
    await vi.waitFor(() => expect(daemon.keepers()).toEqual([]));
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });

  it("destroys a group with its instances", async () => {
    const { daemon, room } = await shop(2);
    expect(await steer(daemon, "destroy")).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(daemon.keepers()).toEqual([]));
    expect(namesIn(room.path("instances"))).toEqual([]);
  });

  it("destroys named instances and makes the group smaller by as many; an unknown one changes nothing", async () => {
    const { daemon, room } = await shop(3);
    const [first = ""] = namesIn(room.path("instances"));
    expect(await steer(daemon, "destroy-instances", { instances: [first, "nobody"] })).toMatchObject({
      status: 404,
      body: { error: { code: "instance.not-found" } },
    });
    expect(await detail(daemon)).toMatchObject({ size: 3 });
    expect(await steer(daemon, "destroy-instances", { instances: [first] })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(2));
    expect(namesIn(room.path("instances"))).not.toContain(first);
  });

  it("knows the nearest name where there is no such group", async () => {
    const { daemon } = await shop(1);
    const { status, body } = await ask(daemon.socket, "POST", groupPath("shop", "wbe", "pause"), ADA);
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { message: expect.stringContaining("did you mean `shop/web`?") } });
  });
});

describe("the history over the API", () => {
  it("is one entry a line, filtered and cut as asked", async () => {
    const { daemon } = await shop(2);
    const all = await linesOf(daemon, "?stack=shop");
    expect(all[0]?.event).toMatchObject({ type: "stack.committed", actor: "user:ada" });
    expect(await linesOf(daemon, "?stack=none")).toEqual([]);
    expect(await linesOf(daemon, `?limit=1&after=${all[0]?.place}`)).toEqual([all[1]]);
    expect(await linesOf(daemon, "?last=2")).toEqual(all.slice(-2));
    expect(await ask(daemon.socket, "GET", `${PATHS.events}?limit=many`)).toMatchObject({ status: 400 });
  });

  it("is of one group, of some types, and page by page from its end", async () => {
    const { daemon } = await shop(2);
    const all = await linesOf(daemon, "?stack=shop");
    const of = (wanted: (entry: JournalEntry) => boolean) => all.filter(wanted);
    expect(await linesOf(daemon, "?group=web")).toEqual(of(({ event }) => event.group === "web"));
    expect(await linesOf(daemon, "?group=api")).toEqual([]);
    expect(await linesOf(daemon, "?type=stack.committed,instance.created")).toEqual(
      of(({ event }) => ["stack.committed", "instance.created"].includes(event.type)),
    );
    const [, , third] = all;
    expect(await linesOf(daemon, `?last=1&before=${third?.place}`)).toEqual([all[1]]);
  });

  it("refuses what it does not understand", async () => {
    const { daemon } = await shop(0);
    const refused = async (query: string) => {
      const { status, body } = await ask(daemon.socket, "GET", `${PATHS.events}${query}`);
      return [status, isObject(body) && isObject(body["error"]) ? body["error"]["message"] : body];
    };
    expect(await refused("?type=made")).toEqual([
      400,
      "the request cannot be understood: there is no event type `made`",
    ]);
    expect(await refused("?type=instance.craeted")).toEqual([
      400,
      expect.stringContaining("(did you mean `instance.created`?)"),
    ]);
    expect(await refused("?before=5&follow=1")).toEqual([400, expect.stringContaining("before does not go with")]);
    expect(await refused("?before=x")).toEqual([400, expect.stringContaining("before must be a whole number")]);
    expect(await refused("?group=a&group=b")).toEqual([400, expect.stringContaining("group is given more than once")]);
  });

  it("goes on with what was asked for only, however much else happens", async () => {
    const { daemon, options } = await shop(1);
    const lease = await options.store.acquire("blog", thisProcess("", "test"), isAlive);
    const other = { type: "group.decided", group: "web", actor: "muster", cause: "corrective", message: "" } as const;
    await options.store.write(lease, { events: Array.from({ length: 2500 }, () => other) }, 1);
    const followed = follow(daemon, "?stack=shop&type=group.steered&follow=1");
    await options.store.write(lease, { events: Array.from({ length: 2500 }, () => other) }, 2);
    await steer(daemon, "pause");
    await vi.waitFor(() => expect(followed.entries).toHaveLength(1));
    const everything = follow(daemon, "?stack=blog&follow=1");
    await vi.waitFor(() => expect(everything.entries).toHaveLength(5000), { timeout: 10_000 });
    await daemon.close();
    await Promise.all([followed.ended, everything.ended]);
    expect(followed.entries.map(({ event }) => event.type)).toEqual(["group.steered"]);
    expect(new Set(everything.entries.map(({ event }) => event.seq)).size).toBe(5000);
  });

  it("goes on with what happens, and ends with the daemon", async () => {
    const { daemon } = await shop(1);
    const followed = follow(daemon, "?stack=shop&last=1&follow=1");
    await vi.waitFor(() => expect(followed.entries).toHaveLength(1));
    await steer(daemon, "pause");
    await vi.waitFor(() => expect(followed.entries.map(({ event }) => event.type)).toContain("group.steered"));
    await daemon.close();
    await followed.ended;
    const places = followed.entries.map(({ place }) => place);
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
  });
});

interface Shop {
  readonly room: Room;
  readonly daemon: Daemon;
  readonly options: Pick<DaemonOptions, "store">;
}

/** A daemon that keeps the group `web`, and has made its members. */
async function shop(size: number, changes: Partial<DaemonOptions> = {}): Promise<Shop> {
  const room = newRoom();
  const store = room.store();
  const daemon = await room.start({ store, ...changes });
  await daemon.apply(webStack(size), FILE, "user:ada");
  await vi.waitFor(async () => {
    expect(await detail(daemon)).toMatchObject({ status: { ready: size, conditions: [{ holds: true }, {}, {}] } });
  });
  return { room, daemon, options: { store } };
}

function apply(daemon: Daemon, document: object, more: object = {}) {
  return ask(daemon.socket, "POST", PATHS.apply, { ...ADA, source: FILE, document, ...more });
}

function steer(daemon: Daemon, verb: Parameters<typeof groupPath>[2], more: object = {}) {
  return ask(daemon.socket, "POST", groupPath("shop", "web", verb), { ...ADA, ...more });
}

async function detail(daemon: Daemon): Promise<unknown> {
  return (await ask(daemon.socket, "GET", groupPath("shop", "web"))).body;
}

function codesOf(body: unknown): readonly unknown[] {
  const errors = isObject(body) ? body["errors"] : undefined;
  return Array.isArray(errors) ? errors.map(({ code }) => code) : [];
}

async function linesOf(daemon: Daemon, query: string): Promise<readonly JournalEntry[]> {
  const { entries, ended } = follow(daemon, query);
  await ended;
  return entries;
}

function follow(daemon: Daemon, query: string) {
  const entries: JournalEntry[] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const path = `${PATHS.events}${query}`;
  const call = request({ socketPath: daemon.socket, path, agent: false }, (response) => {
    createInterface(response)
      .on("line", (line) => entries.push(JSON.parse(line)))
      .on("close", resolve);
  });
  call.on("error", reject).end();
  return { entries, ended };
}
