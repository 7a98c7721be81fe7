/** Our unikernel on real machines of QEMU's, and the same application as a program of this Linux. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildUnikernel, type Unikernel } from "./guests.ts";
import {
  bootUnikernel,
  crowd,
  exchange,
  freePorts,
  freshFolder,
  get,
  hasCompiler,
  hasQemu,
  listenToQmp,
  type Machine,
  until,
} from "./test/qemu.ts";

const hasAll = hasQemu && hasCompiler;
if (!hasAll) process.stdout.write("There is no QEMU or no gcc here: no unikernel is booted\n");

const folder = mkdtempSync(`${tmpdir()}/muster-unikernel-`);
let built: Unikernel;

beforeAll(async () => {
  if (hasAll) built = await buildUnikernel(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function booted(words = ""): Promise<Machine> {
  const machine = await bootUnikernel({ elf: built.elf, words });
  await machine.event("ready");
  return machine;
}

describe.skipIf(!hasAll)("a unikernel", () => {
  it("says that it is ready, and answers", async () => {
    const machine = await booted();
    expect(await machine.event("ready")).toEqual({ event: "ready", name: "uk1", ip: "10.0.2.15", port: 8080 });
    expect(await machine.get("/health")).toEqual({ status: 200, body: '{"healthy":true,"name":"uk1"}\n' });
    const root = await machine.get("/?from=here");
    expect(JSON.parse(root.body)).toEqual({
      greeting: "hi",
      name: "uk1",
      ip: "10.0.2.15",
      uptime: expect.any(Number),
      requests: 2,
    });
    const { body } = await machine.get("/metrics");
    expect(body).toMatch(/^guest_requests_total 3$/m);
    expect(body).toMatch(/^guest_frames_received_total [1-9]\d*$/m);
    expect((await machine.get("/nowhere")).status).toBe(404);
    expect(machine.events().at(-1)).toEqual({
      event: "request",
      number: 4,
      peer: "10.0.2.2",
      method: "GET",
      path: "/nowhere",
    });
  });

  it("answers a HEAD without a body, and nothing but GET and HEAD", async () => {
    const machine = await booted();
    const head = await exchange(machine.port, "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Content-Length: 30\r\n(?:.+\r\n)*\r\n$/);
    const post = await exchange(machine.port, "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
    expect(post).toMatch(/^HTTP\/1\.1 405 .*\r\n(?:.+\r\n)*Allow: GET, HEAD\r\n/);
  });

  it.each([0, 3, 127])("exits with code %i through the port that it was told", async (code) => {
    const machine = await booted();
    await exchange(machine.port, `GET /exit/${code} HTTP/1.1\r\n\r\n`);
    expect(await machine.end()).toBe(2 * code + 1);
    expect(machine.events().at(-1)).toEqual({ event: "exit", code });
  });

  it("does not exit with a code that the port cannot carry", async () => {
    const machine = await booted();
    for (const code of ["128", "-1", "3x", "", "99999999999999999999"])
      expect((await machine.get(`/exit/${code}`)).status).toBe(400);
  });

  it("tells of a panic with its registers, and then through pvpanic", async () => {
    const machine = await booted();
    const event = await listenToQmp(machine.qmp);
    // Nobody answers that: it is not waited for.
    void exchange(machine.port, "GET /panic HTTP/1.1\r\n\r\n");
    await event("GUEST_PANICKED");
    const panic = await machine.event("panic");
    expect(panic).toMatchObject({ what: "invalid instruction", vector: 6, cs: "0x00000008" });
    expect(panic["eip"]).toMatch(/^0x0010[0-9a-f]{4}$/);
  });

  it("hangs where it is asked to: it lives, and answers nobody", async () => {
    const machine = await booted();
    expect(await exchange(machine.port, "GET /hang HTTP/1.1\r\n\r\n", { quietMs: 300 })).toBeUndefined();
    expect(await exchange(machine.port, "GET /health HTTP/1.1\r\n\r\n", { quietMs: 300 })).toBeUndefined();
    expect(machine.events().at(-1)).toMatchObject({ event: "request", path: "/hang" });
  });

  it("prints as much as it is asked to", async () => {
    const machine = await booted();
    const before = machine.console().length;
    expect(await machine.get("/spam/100001")).toEqual({ status: 200, body: '{"printed":100001}\n' });
    const line = `${JSON.stringify({ event: "request", number: 1, peer: "10.0.2.2", method: "GET", path: "/spam/100001" })}\n`;
    expect(machine.console().length - before).toBe(line.length + 100_001);
    expect(machine.console().at(-1)).toBe("\n");
  });

  it("takes the last word of a name, and ends with code 120 where a word means nothing", async () => {
    const machine = await bootUnikernel({ elf: built.elf, words: "mask=255.255.255" });
    expect(await machine.end()).toBe(2 * 120 + 1);
    expect(machine.events()).toEqual([{ event: "error", what: "mask= is not a mask" }]);
  });

  it("answers 500 requests one after another", async () => {
    const machine = await booted();
    for (let i = 1; i <= 500; i++) expect((await machine.get("/health")).status).toBe(200);
    expect(machine.events().at(-1)).toMatchObject({ number: 500 });
  });

  it("answers 32 at a time", { timeout: 120_000 }, async () => {
    const machine = await bootUnikernel({ elf: built.elf, doors: 32 });
    await machine.event("ready");
    for (let round = 0; round < 10; round++) {
      const answers = await crowd(machine.doors, (door, from) => get(door, "/health", from));
      expect(answers.map(({ status }) => status)).toEqual(Array(32).fill(200));
    }
  });

  it("answers while 32 others have begun to ask, and gives those up who say nothing more", async () => {
    const machine = await bootUnikernel({ elf: built.elf, doors: 33 });
    await machine.event("ready");
    const [own = 0, ...others] = machine.doors;
    const silent = crowd(others, (door, from) => exchange(door, "GET / HT", { from }));
    for (let i = 0; i < 100; i++) expect((await get(own, "/health")).status).toBe(200);
    expect(await silent).toEqual(Array(32).fill(""));
  });

  it("refuses what is no request, and goes on", async () => {
    const machine = await booted();
    for (const bytes of MALFORMED) {
      const answer = await exchange(machine.port, bytes);
      expect(answer, JSON.stringify(bytes)).toMatch(/^HTTP\/1\.1 (?:400|405|431) /);
    }
    expect((await machine.get("/health")).status).toBe(200);
  });

  it("survives whatever is sent instead of a request", async () => {
    const machine = await booted();
    const random = randomNumbers(20_261_127);
    for (let round = 0; round < 25; round++)
      await Promise.all(Array.from({ length: 16 }, () => exchange(machine.port, mutated(random), { quietMs: 50 })));
    expect((await machine.get("/health")).status).toBe(200);
    expect(machine.events().map((each) => each["event"])).not.toContain("panic");
  });

  it("asks its upstream, and hands on what it says", async () => {
    const machine = await withUpstream("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfrom above\n");
    expect(await machine.get("/up")).toEqual({ status: 200, body: "via uk1: from above\n" });
    const all = await crowd(machine.doors, (door, from) => get(door, "/up", from));
    expect(all.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it.each([
    ["HTTP/1.1 500 Oh\r\n\r\n", "the upstream did not answer with 200"],
    ["HTTP/1.1 2x0 OK\r\n\r\n", "the upstream cannot be reached, or speaks no HTTP"],
    ["HTTP/1.1 200 OK\r\n", "the upstream cannot be reached, or speaks no HTTP"],
    ["", "the upstream cannot be reached, or speaks no HTTP"],
  ])("says that its upstream is not well where that answers %j", async (said, error) => {
    const machine = await withUpstream(said);
    expect(await machine.get("/up")).toEqual({ status: 502, body: `${JSON.stringify({ error })}\n` });
  });

  it("does not take more of an upstream's answer than it has room for", async () => {
    const machine = await withUpstream(`HTTP/1.1 200 OK\r\n\r\n${"a".repeat(100_000)}`);
    const { status, body } = await machine.get("/up");
    expect(status).toBe(200);
    expect(body).toMatch(/^via uk1: a{2000,2048}$/);
  });

  it("waits two seconds for its upstream, and says so where it is silent, not there, or refuses", async () => {
    const servers = { "10.0.2.100:80": "/bin/sleep 60" };
    const silent = await bootUnikernel({ elf: built.elf, words: "up=10.0.2.100:80", servers });
    const nobody = await bootUnikernel({ elf: built.elf, words: "up=10.0.2.77:80" });
    const closed = await bootUnikernel({ elf: built.elf, words: "up=10.0.2.2:9" });
    await Promise.all([silent, nobody, closed].map((machine) => machine.event("ready")));
    const late = { status: 504, body: '{"error":"the upstream did not answer in time"}\n' };
    expect(await Promise.all([silent.get("/up"), nobody.get("/up")])).toEqual([late, late]);
    expect((await closed.get("/up")).status).toBe(502);
  });

  async function withUpstream(says: string): Promise<Machine> {
    const folder = freshFolder();
    writeFileSync(`${folder}/answer`, says);
    // It reads the request to its empty line first: a socket with something unread in it is reset when it is closed.
    const reads = `CR=$(printf '\\r')\nwhile read -r line && [ "$line" != "$CR" ]; do :; done\n`;
    writeFileSync(`${folder}/upstream`, `#!/bin/sh\n${reads}exec cat ${folder}/answer\n`, { mode: 0o755 });
    const servers = { "10.0.2.100:80": `${folder}/upstream` };
    const machine = await bootUnikernel({ elf: built.elf, words: "up=10.0.2.100:80", doors: 20, servers });
    await machine.event("ready");
    return machine;
  }
});

describe.skipIf(!hasAll)("the same application under Linux", () => {
  it("answers as the unikernel does", async () => {
    const machine = await booted("up=10.0.2.2:9");
    const port = await host("greeting=hi", "name=uk1", "up=127.0.0.1:9");
    for (const path of ["/", "/health", "/up", "/nowhere", "/exit/128", "/spam/10", "/spam/x", "/health?a=b"])
      expect(withoutPlaceAndTime(await get(port, path)), path).toEqual(withoutPlaceAndTime(await machine.get(path)));
    for (const bytes of MALFORMED)
      expect(await exchange(port, bytes), JSON.stringify(bytes)).toBe(await exchange(machine.port, bytes));
  });

  it("asks its upstream as the unikernel does", async () => {
    const upstream = await host("name=other");
    const port = await host("name=uk1", `up=127.0.0.1:${upstream}`);
    expect((await get(port, "/up")).body).toMatch(/^via uk1: \{"greeting":"hello","name":"other",/);
    const crowd = await Promise.all(Array.from({ length: 32 }, () => get(port, "/up")));
    expect(crowd.map(({ status }) => status)).toEqual(Array(32).fill(200));
  });

  it("ends as the unikernel does", async () => {
    expect(await hostEnd("/exit/3")).toEqual({ code: 3, signal: null, event: { event: "exit", code: 3 } });
    expect(await hostEnd("/panic")).toMatchObject({ code: null, signal: "SIGABRT", event: { event: "panic" } });
  });
});

/** The program of this Linux on a port of its own; answers the port. */
async function host(...words: readonly string[]): Promise<number> {
  return (await started(words)).port;
}

async function started(words: readonly string[]) {
  const [port = 0] = await freePorts(1);
  const child = spawn(built.host, [...words, `port=${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  await until(
    () => said.includes('"ready"') || undefined,
    () => said,
  );
  return { port, ended, said: () => said };
}

async function hostEnd(path: string) {
  const { port, ended, said } = await started([]);
  await exchange(port, `GET ${path} HTTP/1.1\r\n\r\n`);
  const { code, signal } = await ended;
  return { code, signal, event: JSON.parse(said().trimEnd().split("\n").at(-1) ?? "") };
}

function withoutPlaceAndTime({ status, body }: { status: number; body: string }) {
  return { status, body: body.replace(/"ip":"[\d.]+","uptime":[\d.]+/, "") };
}

const MALFORMED: readonly string[] = [
  "\r\n\r\n",
  "GET\r\n\r\n",
  "GET /\r\n\r\n",
  "GET / HTTP/1.1 \r\n\r\n",
  "GET / HTTP/2.0\r\n\r\n",
  "GET  / HTTP/1.1\r\n\r\n",
  "get / HTTP/1.1\r\n\r\n",
  "GET http://a/ HTTP/1.1\r\n\r\n",
  "GET /\u0001 HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\nHost: a\r\n\r\n",
  "GET / HTTP/1.1\r\nno colon\r\n\r\n",
  "GET / HTTP/1.1\r\n: no name\r\n\r\n",
  "GET / HTTP/1.1\r\na b: blank\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: \u0000\r\n\r\n",
  "DELETE / HTTP/1.1\r\n\r\n",
  `GET /${"a".repeat(5000)} HTTP/1.1\r\n\r\n`,
  `GET / HTTP/1.1\r\nLong: ${"a".repeat(2000)}`.padEnd(2048, "b"),
];

/** The same numbers for the same seed, below 2^32 (a linear congruence of Numerical Recipes). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low bits go round soon.
    return state >>> 8;
  };
}

/** A request, of which some bytes are others, and of which the end may be missing. It asks for nothing that ends a guest. */
function mutated(random: () => number): Uint8Array {
  const bytes = Buffer.from(`GET /health?${"x".repeat(random() % 60)} HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n`, "latin1");
  for (let i = random() % 12; i > 0; i--) bytes[random() % bytes.length] = random() & 255;
  return bytes.subarray(0, random() % 4 === 0 ? random() % bytes.length : bytes.length);
}
