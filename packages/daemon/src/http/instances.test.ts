/** What is asked of single members, over the daemon's socket: real files for logs, real processes for commands. */
import { appendFileSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { isObject } from "@muster/model";
import { INPUT_HEADERS, ProviderError } from "@muster/plugin";
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

describe("the console of a member", () => {
  it("comes as it is, or its last lines, and is written down nowhere", async () => {
    const { daemon, prints, open } = await shop();
    prints("one\ntwo\n");
    const whole = await open("console", "", true, ADA);
    await whole.ended;
    expect(whole.text()).toBe("one\ntwo\n");
    const last = await open("console", "", true, { ...ADA, lines: 1 });
    await last.ended;
    expect(last.text()).toBe("two\n");
    expect((await historyOf(daemon)).types).not.toContain("instance.console");
  });

  it("takes what is typed, and who types stands in the history before the first of it, and never what", async () => {
    const { daemon, member } = await shop();
    const path = instancePath("shop", "web", member, "console");
    const typing = await typingInto(daemon.socket, path, { ...ADA, follow: true });
    const { events } = await historyOf(daemon);
    const told = { type: "instance.console", actor: "user:ada", instance: member, cause: "intentional" };
    expect(events.at(-1)).toMatchObject({ ...told, message: `the console of ${member} is typed into` });
    typing.type("pass");
    await vi.waitFor(() => expect(typing.text()).toBe("pass"));
    typing.type("word\n");
    await vi.waitFor(() => expect(typing.text()).toBe("password\n"));
    typing.hangUp();
    expect(JSON.stringify((await historyOf(daemon)).events)).not.toContain("pass");
  });

  it("that is not followed comes to its end when all that was given has been typed", async () => {
    const { daemon, member } = await shop();
    const path = instancePath("shop", "web", member, "console");
    expect(await sending(daemon.socket, path, `${JSON.stringify(ADA)}\nhalt\n`)).toEqual({
      status: 200,
      text: "halt\n",
    });
  });

  it("breaks off when the daemon ends, and that is not its end", async () => {
    const { daemon, prints, open } = await shop();
    prints("one\n");
    const followed = await open("console", "", true, { ...ADA, follow: true });
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
          console(id, asked, ctx) {
            signals.push(ctx.signal);
            return streamsIn(settings.dir).console(id, asked, ctx);
          },
        };
      },
    }));
    prints("one\n");
    const followed = await open("console", "", true, { ...ADA, follow: true });
    await vi.waitFor(() => expect(followed.text()).toBe("one\n"));
    followed.response.destroy();
    await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
  });
});

describe("a tool used on a member", () => {
  it("gives what comes of it, and stands in the history with who asked", async () => {
    const { daemon, room, member, open, get } = await shop();
    const stats = await open("tools/stats", "", true, ADA);
    await stats.ended;
    expect(JSON.parse(stats.text())).toEqual({ bytes: statSync(room.path("instances", member)).size });
    await (await open("tools/link", "", true, { ...ADA, argument: "down" })).ended;
    expect(await get("logs")).toBe("link down\n");
    const { events } = await historyOf(daemon);
    const told = { type: "instance.tool", actor: "user:ada", instance: member, cause: "intentional" };
    expect(events.slice(-2)).toMatchObject([
      { ...told, message: `\`stats\` is asked of ${member}`, after: { tool: "stats" } },
      { ...told, message: `\`link down\` is asked of ${member}`, after: { tool: "link", argument: "down" } },
    ]);
  });

  it("is written down before it begins", async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const { daemon, member, ofId } = await shop((type) => ({
      ...type,
      async open(settings, io) {
        return {
          ...(await type.open(settings, io)),
          async *tool() {
            resolve();
            yield await Promise.reject(new ProviderError("retryable", "it fell over"));
          },
        };
      },
    }));
    const failed = ofId(member, "tools/stats", ADA);
    await begun;
    expect((await historyOf(daemon)).types).toContain("instance.tool");
    expect(await failed).toMatchObject({
      ...{
        status: 500,
        body: { error: { code: "instance.failed", message: expect.stringContaining("it fell over") } },
      },
    });
  });

  it("may go on, until the client hangs up or the daemon ends", async () => {
    const { daemon, prints, open } = await shop();
    const traced = open("tools/trace", "", true, ADA);
    // It answers when the first of it is there.
    const printing = setInterval(() => prints("one\n"), 20);
    const tracing = await traced;
    clearInterval(printing);
    await vi.waitFor(() => expect(tracing.text()).toContain("one\n"));
    await daemon.close();
    await expect(tracing.ended).rejects.toThrow("aborted");
  });

  it.each<[InstanceVerb, string | undefined, string, string]>([
    [
      "tools/core",
      undefined,
      "instance.cannot",
      "instance-file has no core (its tools are stats, trace, link, snapshot)",
    ],
    ["tools/stats", "all", "instance.refused", "stats takes no argument"],
    ["tools/link", "sideways", "instance.refused", "link takes `up` or `down`"],
    ["tools/link", undefined, "instance.refused", "link takes `up` or `down`"],
    ["tools/snapshot", "../x", "instance.refused", "snapshot takes a name"],
  ])("is refused before it is written down: %s %s", async (verb, argument, code, says) => {
    const { daemon, member, ofId } = await shop();
    const body = { ...ADA, ...(argument === undefined ? {} : { argument }) };
    expect(await ofId(member, verb, body)).toMatchObject({
      status: 400,
      body: { error: { code, message: expect.stringContaining(says) } },
    });
    expect((await historyOf(daemon)).types).not.toContain("instance.tool");
  });

  it("that nobody knows, or that is asked for in a way that cannot be understood, is refused", async () => {
    const { daemon, member, ofId } = await shop();
    const path = `${instancePath("shop", "web", member, "tools/stats")}x`;
    expect(await ask(daemon.socket, "POST", path, ADA)).toMatchObject({
      ...{
        status: 400,
        body: { error: { code: "api.bad-request", message: expect.stringContaining("no tool `statsx`") } },
      },
    });
    for (const body of [{}, { ...ADA, argument: ["up"] }, { ...ADA, argument: "x".repeat(1000) }]) {
      expect(await ofId(member, "tools/link", body)).toMatchObject({ status: 400 });
    }
    for (const body of [{}, { ...ADA, lines: -1 }, { ...ADA, lines: 1.5 }, { ...ADA, follow: "often" }]) {
      expect(await ofId(member, "console", body)).toMatchObject({ status: 400 });
    }
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
    const { steer } = await shop((type) => ({ ...type, exclusive: () => ["the only one"] }), 1);
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
    for (const verb of ["logs", "exec", "console", "tools/stats", "replace"] as const) {
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
        const { known, scope, list, create, destroy } = await type.open(settings, io);
        return { known, scope, list, create, destroy };
      },
    }));
    for (const verb of ["logs", "exec", "console", "tools/stats"] as const) {
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
async function shop(change: (type: FolderType) => FolderType = (type) => type, size = 2) {
  const room = newRoom();
  const store = room.store();
  const type = change(folderTypeIn(room.path("instances")));
  const builtins: DaemonOptions["builtins"] = { types: [type], flavors: [plainFlavor()] };
  const daemon = await room.start({ store, builtins });
  await daemon.apply(webStack(size), "/shop.yaml", "user:ada");
  await vi.waitFor(async () => {
    const { body } = await ask(daemon.socket, "GET", groupPath("shop", "web"));
    expect(body).toMatchObject({ status: { ready: size, conditions: [{ holds: true }, {}, {}] } });
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

/** What is typed as it comes, and what is shown meanwhile. */
async function typingInto(socketPath: string, path: string, asked: object) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = request({ socketPath, path, method: "POST", headers: INPUT_HEADERS, agent: false }, resolve);
  call.on("error", reject).write(`${JSON.stringify(asked)}\n`);
  onTestFinished(() => void call.destroy());
  const answer = await promise;
  let text = "";
  answer.setEncoding("utf8").on("data", (part) => (text += part));
  answer.on("error", () => undefined);
  return { type: (words: string) => void call.write(words), text: () => text, hangUp: () => void call.destroy() };
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
