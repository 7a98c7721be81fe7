import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Whom } from "@muster/checks";
import type { Check, Matcher, Statement } from "@muster/model";
import type { ExecAsked, Execution, Exit } from "@muster/plugin";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checksAsker } from "./asker.ts";

const ask = checksAsker(process.env);
const here: Whom = { kind: "this machine" };
const { signal } = new AbortController();
let dir: string;
let url: string;
const server = createServer((request, response) => {
  response.setHeader("x-key", "open sesame");
  response.statusCode = request.url === "/away" ? 503 : 200;
  if (request.url === "/text") return void response.end('a"b open sesame "c');
  response.end('{"word":"open \\"sesame\\"","jobs":7}');
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "muster-ask-"));
  await writeFile(join(dir, "there"), "");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true });
});

const equals = (value: string | number | boolean): Matcher => ({ word: "equals", value });
const checkOf = (kind: string, subject: string, ...statements: readonly [Statement, ...Statement[]]): Check => ({
  ...{ kind, subject, options: {}, statements },
});
const file = (name: string): Check => checkOf("file", join(dir, name), { property: "exists", matcher: equals(true) });

/** A shell that somebody begins for us. */
const inside = (begin: (asked: ExecAsked, over: AbortSignal) => Promise<Execution>): Whom => ({
  kind: "inside",
  name: "box-1",
  begin,
});

async function shell({ command: [program, ...words], input }: ExecAsked): Promise<Execution> {
  const child = spawn(program, words, { cwd: dir, stdio: ["pipe", "pipe", "pipe"] });
  for await (const chunk of input ?? []) child.stdin.write(chunk);
  child.stdin.end();
  const ended = once(child, "close").then(([code]): Exit => ({ kind: "exited", code: Number(code) }));
  async function* output(): Execution["output"] {
    for await (const bytes of child.stdout) yield { stream: "out", bytes };
    for await (const bytes of child.stderr) yield { stream: "err", bytes };
  }
  return { output: output(), ended };
}

describe("declared checks", () => {
  it("are answered in their order, each by its first statement that does not hold", async () => {
    const status = (path: string, wanted: number) =>
      checkOf(
        "http",
        `${url}${path}`,
        { property: "reachable", matcher: equals(true) },
        { property: "status", matcher: equals(wanted) },
      );
    expect(await ask([file("there"), status("/away", 200), file("gone"), status("/", 200)], here, signal)).toEqual([
      { kind: "pass" },
      { kind: "fail", reason: "status: expected 200, found 503" },
      { kind: "fail", reason: "exists: expected true, found false" },
      { kind: "pass" },
    ]);
  });

  it("tell no text of a content or a header that they have found", async () => {
    const body = (matcher: Matcher) => checkOf("http", `${url}/`, { property: "body", matcher });
    const header: Matcher = { word: "key", path: "x-key", of: equals("x") };
    const verdicts = await ask(
      [
        body({ word: "contains", value: "Hello" }),
        body({ word: "json", path: "word", of: equals("x") }),
        body({ word: "json", path: "jobs", of: { word: "max", value: 5 } }),
        checkOf("http", `${url}/`, { property: "headers", matcher: header }),
        checkOf("http", `${url}/text`, { property: "body", matcher: { word: "json", path: "a", of: equals("x") } }),
      ],
      here,
      signal,
    );
    expect(verdicts).toEqual([
      { kind: "fail", reason: 'body: expected contains "Hello", found another text' },
      { kind: "fail", reason: 'body: expected word: "x", found word: another text' },
      { kind: "fail", reason: "body: expected jobs: at most 5, found jobs: 7" },
      { kind: "fail", reason: 'headers: expected x-key: "x", found x-key: another text' },
      {
        kind: "fail",
        reason: 'body: expected a: "x", found it is no JSON: there is something in it that must not be there',
      },
    ]);
  });

  it("are unknown where what was put into them is none of what they ask of", async () => {
    const check = checkOf("file", "etc/motd", { property: "exists", matcher: equals(true) });
    expect(await ask([check, file("there")], here, signal)).toEqual([
      { kind: "unknown", reason: "exists: `file` must be an absolute path: it begins with `/`" },
      { kind: "pass" },
    ]);
  });

  it("are asked inside of a thing in one go", async () => {
    let begun = 0;
    const whom = inside((asked) => {
      begun++;
      return shell(asked);
    });
    const run = (command: string) => checkOf("command", command, { property: "exit", matcher: equals(0) });
    expect(await ask([file("there"), file("gone"), run("test -e there"), run("test -e gone")], whom, signal)).toEqual([
      { kind: "pass" },
      { kind: "fail", reason: "exists: expected true, found false" },
      { kind: "pass" },
      { kind: "fail", reason: "exit: expected 0, found 1" },
    ]);
    expect(begun).toBe(1);
  });

  it("are unknown where nobody can look, and where it goes wrong", async () => {
    const reasonOf = async (whom: Whom, over = signal) => (await ask([file("there")], whom, over))[0];
    expect(await reasonOf({ kind: "nobody", why: "nobody can look into a droplet" })).toEqual({
      kind: "unknown",
      reason: "exists: nobody can look into a droplet",
    });
    const broken = inside(() => Promise.reject(new Error("there is no such container")));
    expect(await reasonOf(broken)).toEqual({ kind: "unknown", reason: "exists: there is no such container" });
    const over = new AbortController();
    const answer = reasonOf(
      inside(() => new Promise(() => over.abort())),
      over.signal,
    );
    expect(await answer).toMatchObject({ kind: "unknown" });
  });
});
