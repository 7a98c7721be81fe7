import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { answering, freshFolder, json } from "../test/answers.ts";
import { lost, type Request } from "./connection.ts";
import { engineAt } from "./engine.ts";

const { signal } = new AbortController();
const form = z.object({ Id: z.string() });
const get: Request = { method: "GET", path: "/thing", signal };
const post: Request = { method: "POST", path: "/thing", body: {}, signal };

describe("an engine", () => {
  it("is spoken to in the version that both sides know", async () => {
    for (const [theirs, spoken] of [
      ["1.41", "/v1.41/thing"],
      ["1.99", "/v1.47/thing"],
    ] as const) {
      const paths: (string | undefined)[] = [];
      const { socket } = await answering(
        {
          "GET /thing": (response, request) => {
            paths.push(request.url);
            json({ Id: "1" })(response, request);
          },
        },
        theirs,
      );
      expect(await engineAt(socket).ask(get, form)).toEqual({ kind: "answered", value: { Id: "1" } });
      expect(paths).toEqual([spoken]);
    }
  });

  it("that is too old, or none, is told so", async () => {
    const old = await answering({}, "1.12");
    await expect(engineAt(old.socket).ask(get, form)).rejects.toMatchObject({ kind: "invalid" });
    const none = await answering({}, "");
    await expect(engineAt(none.socket).ask(get, form)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("is no engine"),
    });
  });

  it("that was exchanged for an older one is asked for its version again", async () => {
    let answers = 0;
    const old = { message: "client version 1.41 is too new. Maximum supported API version is 1.40" };
    const { socket, asked } = await answering({
      "POST /thing": (...call) => (answers++ === 0 ? json(old, 400) : json({ Id: "1" }))(...call),
    });
    expect(await engineAt(socket).ask(post, form)).toMatchObject({ kind: "answered" });
    expect(asked).toHaveLength(2);
  });

  it("says in its own words what it refuses", async () => {
    const { socket } = await answering({ "POST /thing": json({ message: "no such thing" }, 404) });
    expect(await engineAt(socket).ask(post, form)).toEqual({ kind: "refused", status: 404, message: "no such thing" });
    expect(await engineAt(socket).ask(get, form)).toMatchObject({ kind: "refused", message: "page not found" });
  });
});

describe("an engine that is not there", () => {
  it("has done nothing", async () => {
    const socket = join(freshFolder(), "none.sock");
    const engine = engineAt(socket);
    for (const request of [get, post]) {
      await expect(engine.ask(request, form)).rejects.toMatchObject({
        kind: "unavailable",
        message: `no engine could be reached at ${socket}: there is no such socket`,
      });
    }
  });

  it("is found when it has come", async () => {
    const { socket } = await answering({ "GET /thing": json({ Id: "1" }) });
    const engine = engineAt(socket);
    const nobody = { ...get, signal: AbortSignal.abort() };
    await expect(engine.ask(nobody, form)).rejects.toMatchObject({ kind: "unavailable" });
    expect(await engine.ask(get, form)).toMatchObject({ kind: "answered" });
  });

  it("may be one that this user may not ask", () => {
    const failure = lost("/run/engine.sock", post, Object.assign(new Error("EACCES"), { code: "EACCES" }), false);
    expect(failure).toMatchObject({ kind: "denied", message: expect.stringContaining("the group it belongs to") });
  });
});

describe("an answer that does not come, or not whole", () => {
  it.each([
    ["no answer at all", (response: ServerResponse) => response.destroy()],
    [
      "half of an answer",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": 100 });
        response.write('{"Id":"1');
        setImmediate(() => response.destroy());
      },
    ],
  ])("%s: a question may be asked again, and of anything else nobody knows", async (_what, answer) => {
    const { socket } = await answering({ "GET /thing": answer, "POST /thing": answer });
    await expect(engineAt(socket).ask(get, form)).rejects.toMatchObject({ kind: "unavailable" });
    await expect(engineAt(socket).ask(post, form)).rejects.toMatchObject({ kind: "unknown" });
  });

  it.each([
    ["text", (response: ServerResponse) => response.end("<html>")],
    ["half of a value", (response: ServerResponse) => response.end('{"Id":"1')],
    ["another value", json({ id: 1 })],
  ])("%s instead of what was asked for is not believed", async (_what, answer) => {
    const { socket } = await answering({ "GET /thing": answer, "POST /thing": answer });
    await expect(engineAt(socket).ask(get, form)).rejects.toMatchObject({ kind: "retryable" });
    await expect(engineAt(socket).ask(post, form)).rejects.toMatchObject({ kind: "unknown" });
  });

  it("an endless one is not read to its end", async () => {
    const piece = Buffer.alloc(1 << 20, " ");
    let sent = 0;
    const { socket } = await answering({
      "GET /thing": (response) => {
        const more = () => {
          for (let isRoom = true; isRoom && !response.destroyed; sent += piece.length) isRoom = response.write(piece);
        };
        response.on("drain", more);
        more();
      },
    });
    await expect(engineAt(socket).ask(get, form)).rejects.toThrow("more than 16777216 bytes");
    expect(sent).toBeLessThan(64 << 20);
  });

  it("a silent one is given up", async () => {
    const { socket } = await answering({ "POST /thing": () => undefined });
    await expect(engineAt(socket).ask({ ...post, patienceMs: 50 }, form)).rejects.toMatchObject({
      kind: "unknown",
      message: expect.stringContaining("no answer within 0.05 s"),
    });
  });

  it("nor does one that hands no connection over", async () => {
    const { socket } = await answering({ "POST /thing": json({}) });
    await expect(engineAt(socket).talk(post)).rejects.toMatchObject({ kind: "unknown" });
  });

  it("nor does what speaks no HTTP", async () => {
    const socket = join(freshFolder(), "rubbish.sock");
    const server = createServer((connection) => connection.end("220 rubbish\r\n")).listen(socket);
    onTestFinished(() => {
      server.close();
    });
    await new Promise((resolve) => server.once("listening", resolve));
    await expect(engineAt(socket).ask(get, form)).rejects.toMatchObject({ kind: "unavailable" });
  });
});
