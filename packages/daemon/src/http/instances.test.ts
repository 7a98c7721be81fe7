/** What is asked of single members, over the daemon's socket: real files for logs, real processes for commands. */
import { appendFileSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { isObject } from "@muster/model";
import { INPUT_HEADERS } from "@muster/plugin";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Daemon, type DaemonOptions, groupPath, type InstanceVerb, instancePath } from "../index.ts";
import { type Answer, ask } from "../test/client.ts";
import { webStack } from "../test/documents.ts";
import { plainFlavor } from "../test/flavor.ts";
import { logFile, streamsIn } from "../test/folder-streams.ts";
import { folderTypeIn, namesIn } from "../test/folder-type.ts";
import { newRoom, type Room } from "../test/room.ts";

const ADA = { actor: "ada" };

describe("the log of a member", () => {
  it("comes as it is, or its last lines, and ends", async () => {
    const { prints, get } = await shop();
    prints("one\ntwo\n\u001b[31mthree\n");
    expect(await get("logs")).toBe("one\ntwo\n\u001b[31mthree\n");
    expect(await get("logs", "?lines=1")).toBe("\u001b[31mthree\n");
  });

  it("is followed, as it is printed, until the member has ended", async () => {
    const { daemon, room, member, prints, open, steer } = await shop();
    prints("one\n");
    const followed = await open("logs", "?follow=1");
    await vi.waitFor(() => expect(followed.text()).toBe("one\n"));
    prints("two\n");
    await vi.waitFor(() => expect(followed.text()).toBe("one\ntwo\n"));
    await steer("replace", { ...ADA, force: true });
    await followed.ended;
    expect(namesIn(room.path("instances"))).not.toContain(member);
    expect(daemon.keepers()).toHaveLength(1);
  });

  it("begins though nothing was printed yet", async () => {
    const { prints, open } = await shop();
    const followed = await open("logs", "?follow=1");
    expect([followed.response.statusCode, followed.text()]).toEqual([200, ""]);
    prints("at last\n");
    await vi.waitFor(() => expect(followed.text()).toBe("at last\n"));
  });

  it("breaks off when the daemon ends, and that is not its end", async () => {
    const { daemon, prints, open } = await shop();
    prints("one\n");
    const followed = await open("logs", "?follow=1");
    await vi.waitFor(() => expect(followed.text()).toBe("one\n"));
    await daemon.close();
    await expect(followed.ended).rejects.toThrow("aborted");
  });

  it("is let go at its source when the client hangs up", async () => {
    const signals: AbortSignal[] = [];
    const { prints, open } = await shop((type) => ({
      ...type,
      async open(settings, io) {
        return {
          ...(await type.open(settings, io)),
          logs(id, asked, ctx) {
            signals.push(ctx.signal);
            return streamsIn(settings.dir).logs(id, asked, ctx);
          },
        };
      },
    }));
    prints("one\n");
    const followed = await open("logs", "?follow=1");
    await vi.waitFor(() => expect(followed.text()).toBe("one\n"));
    followed.response.destroy();
    await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
  });

  it("is read no faster than the client takes it", async () => {
    let taken = 0;
    const { open } = await shop((type) => ({
      ...type,
      async open(settings, io) {
        return {
          ...(await type.open(settings, io)),
          async *logs() {
            for (;;) {
              taken++;
              yield Buffer.alloc(64 * 1024, "o");
            }
          },
        };
      },
    }));
    const { response } = await open("logs", "?follow=1", false);
    let before = -1;
    await vi.waitFor(() => {
      const standsStill = taken === before;
      before = taken;
      expect(standsStill).toBe(true);
    });
    expect(taken).toBeLessThan(200);
    response.destroy();
  });
});

describe("a command run where a member runs", () => {
  it("prints on its two streams and ends with its code", async () => {
    const { run } = await shop();
    const script = 'process.stdout.write("out\\n"); process.stderr.write("err\\n"); process.exitCode = 7;';
    expect(await run(process.execPath, "-e", script)).toEqual({
      ...{ out: "out\n", err: "err\n" },
      last: { end: { kind: "exited", code: 7 } },
    });
  });

  it("is told of when a signal ended it", async () => {
    const { run } = await shop();
    const { last } = await run(process.execPath, "-e", 'process.kill(process.pid, "SIGKILL")');
    expect(last).toEqual({ end: { kind: "killed", signal: "SIGKILL" } });
  });

  it("gets its words as they are: no shell reads them", async () => {
    const { run } = await shop();
    const words = ["$HOME; echo `id`", "a  b", "*"];
    const { out } = await run(
      process.execPath,
      "-e",
      "process.stdout.write(JSON.stringify(process.argv.slice(1)))",
      ...words,
    );
    expect(JSON.parse(out)).toEqual(words);
  });

  it("stands in the history by its first word, and its arguments by their number: they may be secrets", async () => {
    const { daemon, member, run } = await shop();
    await run(process.execPath, "-e", "", "s3cr3t");
    const { events } = await historyOf(daemon);
    expect(events).toContainEqual(
      expect.objectContaining({
        ...{ type: "instance.exec", actor: "user:ada", instance: member, cause: "intentional" },
        after: { command: process.execPath, arguments: 3 },
      }),
    );
    expect(JSON.stringify(events)).not.toContain("s3cr3t");
  });

  it("is refused with what it is to read where that is no line of JSON, or not what is asked", async () => {
    const { daemon, member } = await shop();
    const path = instancePath("shop", "web", member, "exec");
    const refused = (text: string) => sending(daemon.socket, path, text);
    for (const text of ["", "no line", "no json\n", "[]\n", '{"command":["cat"]}\nwhat it reads']) {
      expect([text, await refused(text)]).toMatchObject([
        text,
        { status: 400, text: expect.stringContaining("api.bad-request") },
      ]);
    }
    const { events } = await historyOf(daemon);
    expect(events.map(({ type }) => type)).not.toContain("instance.exec");
  });

  it("ends when the client hangs up", async () => {
    const { room, open } = await shop();
    const script = "process.stdout.write(`${process.pid}\\n`); setInterval(() => undefined, 1000)";
    const running = await open("exec", "", true, { ...ADA, command: [process.execPath, "-e", script] });
    await vi.waitFor(() => expect(running.text()).toContain("\n"));
    const { out } = JSON.parse(running.text());
    const pid = Number(Buffer.from(out, "base64").toString());
    expect(isAlive(pid)).toBe(true);
    running.response.destroy();
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });
});

describe("a member that is asked to be replaced", () => {
  it("gets an equal one first, and then goes; who asked stands in the history", async () => {
    const { daemon, room, member, steer } = await shop();
    expect(await steer("replace", ADA)).toMatchObject({ status: 200, body: { group: { size: 2 }, unchanged: false } });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).not.toContain(member));
    await vi.waitFor(async () => expect((await historyOf(daemon)).types).toContain("group.converged"));
    const { types } = await historyOf(daemon);
    const since = types.slice(types.indexOf("instance.replace-asked"));
    expect(since.filter((type) => type.startsWith("instance."))).toEqual([
      "instance.replace-asked",
      "instance.created",
      "instance.destroyed",
    ]);
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });

  it("stays where the budget has nothing for it, unless by force", async () => {
    const { daemon, room, member, steer } = await shop();
    await ask(daemon.socket, "POST", groupPath("shop", "web", "pause"), ADA);
    expect(await steer("replace", ADA)).toMatchObject({
      status: 400,
      body: {
        error: {
          code: "instance.irreplaceable",
          message: expect.stringContaining("the group is paused"),
          next: expect.stringContaining("--force"),
        },
      },
    });
    expect(namesIn(room.path("instances"))).toContain(member);
    expect(await steer("replace", { ...ADA, force: true })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).not.toContain(member));
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(2));
  });
});

describe("a member that is set aside", () => {
  it("stays and can be heard, while another one is made; by force where too few others are ready", async () => {
    const { daemon, room, member, steer, prints, get } = await shop();
    expect(await steer("quarantine", ADA)).toMatchObject({
      status: 400,
      body: {
        error: { code: "instance.not-aside", message: expect.stringContaining("1 of 2 would be known to be ready") },
      },
    });
    prints("why\n");
    expect(await steer("quarantine", { ...ADA, force: true })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(3));
    expect(namesIn(room.path("instances"))).toContain(member);
    const { body } = await ask(daemon.socket, "GET", groupPath("shop", "web"));
    expect(body).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ id: member, state: "quarantined" })]),
    });
    expect(await get("logs")).toBe("why\n");
    expect((await historyOf(daemon)).types).toContain("instance.quarantined");
    await steer("replace", { ...ADA, force: true });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).not.toContain(member));
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(2));
  });

  it("is none whose name only one can bear", async () => {
    const { steer } = await shop((type) => ({ ...type, exclusive: () => ["the only one"] }));
    expect(await steer("quarantine", { ...ADA, force: true })).toMatchObject({
      body: { error: { code: "instance.not-aside", message: expect.stringContaining("no other member can hold") } },
    });
  });
});

describe("what is asked of a member is refused", () => {
  it("where it is not the group's, though the provider knows it", async () => {
    const { room, ofId } = await shop();
    const foreign = { tags: { "muster.stack": "other" }, properties: {} };
    writeFileSync(room.path("instances", "foreign"), JSON.stringify(foreign));
    for (const verb of ["logs", "exec", "replace"] as const) {
      expect(await ofId("foreign", verb)).toMatchObject({
        status: 404,
        body: { error: { code: "instance.not-found" } },
      });
    }
    expect(await ofId("../../etc/passwd", "logs")).toMatchObject({ status: 404 });
  });

  it("where its stack is only observed, and it is to be replaced", async () => {
    const { daemon, room, member, steer, prints, get } = await shop();
    const { data } = webStack(2);
    await daemon.apply({ dialect: "muster", data: { ...data, mode: "observe" } }, "/shop.yaml", "user:ada");
    const refused = async (code: string) => {
      expect(await steer("replace", { ...ADA, force: true })).toMatchObject({ body: { error: { code } } });
    };
    await refused("group.observed");
    prints("still heard\n");
    expect(await get("logs")).toBe("still heard\n");
    expect(namesIn(room.path("instances"))).toContain(member);
  });

  it("where its type has no such function", async () => {
    const { ofId, member } = await shop((type) => ({
      ...type,
      async open(settings, io) {
        const { logs: _, exec: __, ...provider } = await type.open(settings, io);
        return provider;
      },
    }));
    for (const verb of ["logs", "exec"] as const) {
      expect(await ofId(member, verb)).toMatchObject({ status: 400, body: { error: { code: "instance.cannot" } } });
    }
  });

  it("where there is no such command, before anything is answered", async () => {
    const { ofId, member } = await shop();
    expect(await ofId(member, "exec", { ...ADA, command: ["/no/such/command"] })).toMatchObject({
      ...{ status: 400, body: { error: { code: "instance.refused", words: { instance: member } } } },
    });
  });

  it("where the question cannot be understood", async () => {
    const { daemon, member, ofId } = await shop();
    const path = (query: string) => `${instancePath("shop", "web", member, "logs")}${query}`;
    for (const query of ["?lines=-1", "?lines=1&lines=2", "?lines=99999999999", "?follow=yes"]) {
      expect(await ask(daemon.socket, "GET", path(query))).toMatchObject({ status: 400 });
    }
    for (const command of [undefined, [], [1], "ls", new Array(2000).fill("x")]) {
      expect(await ofId(member, "exec", { ...ADA, command })).toMatchObject({ status: 400 });
    }
    expect(await ofId(member, "exec", { command: ["ls"] })).toMatchObject({ status: 400 });
    const long = `x${"/".repeat(500)}`;
    expect(await ofId(long, "replace")).toMatchObject({ status: 404, body: { error: { code: "instance.not-found" } } });
  });
});

type FolderType = ReturnType<typeof folderTypeIn>;

/** A daemon that keeps two members of the group `web`, and how the first of them is asked. */
async function shop(change: (type: FolderType) => FolderType = (type) => type) {
  const room = newRoom();
  const store = room.store();
  const type = change(folderTypeIn(room.path("instances")));
  const builtins: DaemonOptions["builtins"] = { types: [type], flavors: [plainFlavor()] };
  const daemon = await room.start({ store, builtins });
  await daemon.apply(webStack(2), "/shop.yaml", "user:ada");
  await vi.waitFor(async () => {
    const { body } = await ask(daemon.socket, "GET", groupPath("shop", "web"));
    expect(body).toMatchObject({ status: { ready: 2, conditions: [{ holds: true }, {}, {}] } });
  });
  const [member = ""] = namesIn(room.path("instances"));
  return { room, daemon, member, ...asking(room, daemon, member) };
}

function asking(room: Room, daemon: Daemon, member: string) {
  const open = async (verb: InstanceVerb, query = "", reads = true, body?: object) => {
    const opened = await opening(daemon.socket, `${instancePath("shop", "web", member, verb)}${query}`, body);
    let text = "";
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    opened.once("error", ended.reject).once("end", ended.resolve);
    if (reads) opened.setEncoding("utf8").on("data", (part) => (text += part));
    return { response: opened, text: () => text, ended: ended.promise };
  };
  const ofId = (id: string, verb: InstanceVerb, body: object = { ...ADA, command: ["ls"] }): Promise<Answer> =>
    ask(
      daemon.socket,
      verb === "logs" ? "GET" : "POST",
      instancePath("shop", "web", id, verb),
      verb === "logs" ? undefined : body,
    );
  return {
    open,
    ofId,
    prints: (text: string) => appendFileSync(logFile(room.path("instances"), member), text),
    steer: (verb: InstanceVerb, body: object) => ofId(member, verb, body),
    async get(verb: InstanceVerb, query = "") {
      const opened = await open(verb, query);
      await opened.ended;
      return opened.text();
    },
    async run(...command: readonly string[]) {
      const opened = await open("exec", "", true, { ...ADA, command });
      await opened.ended;
      const frames = opened
        .text()
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      const printed = (stream: string) =>
        frames
          .map((frame) => (isObject(frame) ? Buffer.from(String(frame[stream] ?? ""), "base64").toString() : ""))
          .join("");
      return { out: printed("out"), err: printed("err"), last: frames.at(-1) };
    },
  };
}

async function opening(socketPath: string, path: string, body?: object): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const call = request(
    { socketPath, path, method: body === undefined ? "GET" : "POST", headers, agent: false },
    resolve,
  );
  call.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  onTestFinished(() => void call.destroy());
  return promise;
}

/** What is answered to this, said to be a command with what it is to read. */
async function sending(socketPath: string, path: string, text: string) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ socketPath, path, method: "POST", headers: INPUT_HEADERS, agent: false }, resolve)
    .on("error", reject)
    .end(text);
  const answer = await promise;
  let answered = "";
  for await (const part of answer.setEncoding("utf8")) answered += part;
  return { status: answer.statusCode, text: answered };
}

async function historyOf(daemon: Daemon) {
  const lines = await opening(daemon.socket, "/v1/events?stack=shop");
  let text = "";
  for await (const part of lines.setEncoding("utf8")) text += part;
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).event);
  return { events, types: events.map(({ type }): string => type) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
