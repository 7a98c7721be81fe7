import { existsSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

describe("muster plugin", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  const socketOf = (name: string) => house.path(`run/muster/plugins/${name}`);
  const run = async (...words: readonly string[]) => {
    const running = house.start("plugin", "run", ...words);
    await running.says("serves");
    return running;
  };

  it("serves a type on a socket that is this user's alone, and takes it away at the end", async () => {
    const running = await run("instance-file", "--dir", "./instances", "--name", "mine");
    expect(running.out()).toBe(
      `muster 0.1.0 · plugin mine serves the type instance-file (${house.instances}) at ${socketOf("mine")}\n`,
    );
    expect((await stat(socketOf("mine"))).mode & 0o777).toBe(0o600);
    expect((await stat(house.path("run/muster/plugins"))).mode & 0o777).toBe(0o700);
    running.signal("SIGINT");
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
    expect(existsSync(socketOf("mine"))).toBe(false);
  });

  it("starts over a socket that a killed one left behind", async () => {
    const first = await run("flavor-vanilla");
    first.signal("SIGKILL");
    await first.ended;
    expect(existsSync(socketOf("flavor-vanilla"))).toBe(true);
    expect((await house.run("plugin", "ls")).out).toMatch(/^flavor-vanilla +stale /m);
    await run("flavor-vanilla");
    expect((await house.run("plugin", "ls")).out).toMatch(/^flavor-vanilla +connected +muster +- +vanilla /m);
  });

  it("does not take the place of one that answers", async () => {
    await run("flavor-vanilla");
    const { code, err } = await house.run("plugin", "run", "flavor-vanilla");
    expect(err).toMatch(/^error\[plugin\.socket-taken\]/);
    expect(code).toBe(1);
  });

  it("runs a plugin that somebody wrote in TypeScript", async () => {
    await house.write(
      "word.ts",
      `import { definePlugin, z } from "@muster/sdk";
       export default definePlugin({
         name: "word",
         settings: z.strictObject({ greeting: z.string() }),
         flavors: [{ name: "word", schema: z.strictObject({}), health: async () => ({ kind: "pass" }) }],
       });`,
    );
    const running = await run("word.ts", "--set", "greeting=hello");
    expect(running.out()).toContain("plugin word serves the flavor word at");
    const { code, err } = await house.run("plugin", "run", "word.ts", "--name", "other");
    expect(err).toContain("error[settings.bad]");
    expect(code).toBe(2);
  });

  it("refuses a file that defines no plugin", async () => {
    await house.write("nothing.ts", "export default 1;");
    const { code, err } = await house.run("plugin", "run", "nothing.ts");
    expect(err).toMatch(/^error\[plugin\.not-defined\]/);
    expect(code).toBe(1);
  });

  it("says why a directory cannot be used", async () => {
    await house.write("a-file", "");
    const { code, err } = await house.run("plugin", "run", "instance-file", "--dir", "./a-file");
    expect(err).toMatch(/^error\[provider\.invalid\]: .*it is not a directory/);
    expect(code).toBe(1);
  });

  it("calls a method and prints its result", async () => {
    await run("instance-file", "--dir", "./instances");
    const hello = await house.run("plugin", "call", "instance-file", "muster/hello");
    expect(JSON.parse(hello.out)).toMatchObject({ name: "instance-file", types: [{ name: "instance-file" }] });
    const listed = await house.run(
      "plugin",
      "call",
      socketOf("instance-file"),
      "provider/list",
      '{"type":"instance-file","by":{}}',
    );
    expect(JSON.parse(listed.out)).toEqual({ items: [] });
  });

  it("shows the error that a plugin answers", async () => {
    await run("flavor-vanilla");
    const { code, err } = await house.run("plugin", "call", "flavor-vanilla", "no/such");
    expect(err).toMatch(/^error\[plugin\.failed\]: plugin `flavor-vanilla` answered no\/such with an error: /);
    expect(code).toBe(1);
  });

  it("keeps ids digit for digit, in what it sends and in what it prints", async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      bodies.push(body);
      response.end('{"jsonrpc":"2.0","id":1,"result":{"ID":9223372036854775807,"Cost":1.10}}');
    });
    await mkdir(house.path("run/muster/plugins"), { recursive: true, mode: 0o700 });
    await new Promise<void>((resolve) => server.listen(socketOf("big"), resolve));
    try {
      const { out } = await house.run("plugin", "call", "big", "Instance.Destroy", '{"Instance":5577006791947779410}');
      expect(out).toBe('{\n  "ID": 9223372036854775807,\n  "Cost": 1.10\n}\n');
      expect(bodies[0]).toContain('"params":{"Instance":5577006791947779410}');
    } finally {
      server.close();
    }
  });

  it.each([
    ["nothing", ""],
    ["what is not HTTP", "hello\n"],
    ["half an answer", 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"jsonrpc"'],
    ["what is not JSON", "HTTP/1.1 200 OK\r\n\r\nhello"],
    ["null", "HTTP/1.1 200 OK\r\n\r\nnull"],
    ["an error of its server", "HTTP/1.1 500 Oh\r\n\r\nno"],
  ])("does not choke on a plugin that answers %s", async (_what, answer) => {
    const server = createSocket((socket) => socket.end(answer));
    await mkdir(house.path("run/muster/plugins"), { recursive: true, mode: 0o700 });
    await new Promise<void>((resolve) => server.listen(socketOf("rubbish"), resolve));
    try {
      const { code, out, err } = await house.run("plugin", "call", "rubbish", "muster/hello");
      expect(err).toMatch(/^error\[plugin\.(bad-answer|unreachable)\]: plugin `rubbish` /);
      expect([code, out]).toEqual([1, ""]);
    } finally {
      server.close();
    }
  });

  it("offers the nearest plugin for one that there is not", async () => {
    await run("flavor-vanilla");
    const { code, err } = await house.run("plugin", "call", "flavor-vanila", "muster/hello");
    expect(err).toMatch(/^error\[plugin\.not-found\]: .* \(did you mean `flavor-vanilla`\?\)/);
    expect(code).toBe(1);
  });

  it("tests nothing where there is no socket", async () => {
    const { code, out, err } = await house.run("plugin", "test", "./nothing.sock");
    expect(err).toMatch(/^error\[plugin\.not-found\]: there is no plugin `.*nothing\.sock`\n/);
    expect([code, out]).toEqual([1, ""]);
  });

  it("holds a plugin to the contract", async () => {
    await run("instance-file", "--dir", "./instances");
    const { code, out, err } = await house.run("plugin", "test", "instance-file");
    expect(out).toMatch(/^✓ the wire: /m);
    expect(out).toMatch(/\n\d+ hold, 0 do not, \d+ left out\n$/);
    expect([code, err, house.files()]).toEqual([0, "", []]);
  });

  it("says which statement of the contract does not hold", async () => {
    await mkdir(house.path("run/muster/plugins"), { recursive: true, mode: 0o700 });
    const server = createServer((_request, response) => response.end("null"));
    await new Promise<void>((resolve) => server.listen(socketOf("bad"), resolve));
    try {
      const { code, out, err } = await house.run("plugin", "test", "bad", "--output", "json");
      const results = out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(results.filter(({ kind }) => kind === "fails")).not.toEqual([]);
      expect(JSON.parse(err)).toMatchObject({ errors: [{ code: "plugin.conformance" }] });
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });

  it("says that there are none, and how to start one", async () => {
    const { code, out, err } = await house.run("plugin", "ls");
    expect(out).toBe(
      `No plugins in ${house.path("run/muster/plugins")}. \`muster plugin run --help\` shows how to start one.\n`,
    );
    expect([code, err]).toEqual([0, ""]);
    expect((await house.run("plugin", "ls", "--output", "json")).out).toBe("[]\n");
  });

  it("passes over what lies in the plugin directory and is no plugin", async () => {
    await run("flavor-vanilla");
    await writeFile(socketOf("notes.txt"), "hello");
    const { code, out } = await house.run("plugin", "ls", "--output", "json");
    expect(JSON.parse(out)).toMatchObject([{ name: "flavor-vanilla", state: "connected" }]);
    expect(code).toBe(0);
  });
});
