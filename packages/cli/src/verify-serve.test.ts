import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request as overSocket } from "node:http";
import { request as overTls } from "node:https";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type House, openHouse, type Running } from "./test/house.ts";

let house: House;
let socket: string;
beforeEach(async () => {
  house = await openHouse();
  socket = house.path("run/checks.sock");
});
afterEach(() => house.close());

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function read(asked: ReturnType<typeof overSocket>): Promise<Answered> {
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("nothing was answered");
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

const get = (path: string, method = "GET") => read(overSocket({ socketPath: socket, path, method, agent: false }));
const health = async () => {
  const { status, body } = await get("/healthz");
  return { status, ...JSON.parse(body) };
};

async function serve(entries: readonly object[], ...words: readonly string[]): Promise<Running> {
  await house.write("checks.json", { checks: entries });
  const running = house.start("verify", "checks.json", "--serve", socket, ...words);
  await running.says("/healthz");
  return running;
}

async function end(running: Running): Promise<void> {
  running.signal("SIGTERM");
  expect(await running.ended).toMatchObject({ code: 0, err: "" });
}

const FILE = () => ({ file: house.path("there"), exists: true });
const PATIENCE = { timeout: 20_000, interval: 20 };

describe("checks that are served", () => {
  it("are healthy where all pass, and not where one fails or cannot be told", async () => {
    const running = await serve([FILE(), { user: "root", exists: true }], "--cache", "1ms");
    expect(running.out()).toContain(`checks of checks.json at ${socket}`);
    expect(await health()).toMatchObject({
      ...{ status: 503, healthy: false, pass: 1, fail: 1, unknown: 0 },
      notPassing: [{ verdict: "fail", statement: `file ${house.path("there")}: exists` }],
    });
    writeFileSync(house.path("there"), "");
    await vi.waitFor(
      async () => expect(await health()).toMatchObject({ status: 200, healthy: true, pass: 2 }),
      PATIENCE,
    );
    await end(running);
    expect(existsSync(socket)).toBe(false);
    const untold = await serve([{ http: "http://nobody.invalid/", status: 200 }]);
    expect(await health()).toMatchObject({ status: 503, healthy: false, fail: 0, unknown: 1 });
    await end(untold);
  });

  it("are metrics that Prometheus takes", async ({ skip }) => {
    const running = await serve([FILE(), { command: 'printf "a\\\\b\\n"', title: 'the "command"', exit: 0 }]);
    const { status, headers, body } = await get("/metrics");
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect(body).toContain("\nmuster_checks_last_round_timestamp_seconds ");
    expect(body).toContain('muster_checks{verdict="fail"} 1\n');
    await end(running);
    const judged = spawnSync("promtool", ["check", "metrics"], { input: body, encoding: "utf8" });
    if (judged.error !== undefined)
      skip("promtool (Debian: prometheus) is not here: its judgement of the metrics is left out");
    expect([judged.status, judged.stdout, judged.stderr]).toEqual([0, "", ""]);
  });

  it("answer nothing else", async () => {
    const running = await serve([FILE()]);
    expect((await get("/")).status).toBe(404);
    expect((await get("/healthz", "POST")).status).toBe(405);
    expect(await get("/healthz", "HEAD")).toMatchObject({ status: 503, body: "" });
    expect((await get("/healthz?x=y")).status).toBe(503);
    await end(running);
  });

  it("are asked once for all who come at the same time, and hold for a while", async () => {
    const count = house.path("count");
    const slow = { command: `echo x >> ${count}; sleep 1`, exit: 0 };
    const running = await serve([slow], "--cache", "1h");
    const answers = await Promise.all(Array.from({ length: 8 }, () => get("/healthz")));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await get("/metrics")).status).toBe(200);
    expect(readFileSync(count, "utf8")).toBe("x\n");
    await end(running);
  });

  it("are the user's alone at a socket: closed, and in a closed directory", async () => {
    const running = await serve([FILE()]);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const second = await house.run("verify", "checks.json", "--serve", socket);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining("error[checks.not-served]")]);
    await end(running);
    mkdirSync(house.path("open"), { mode: 0o755 });
    chmodSync(house.path("open"), 0o755);
    const open = await house.run("verify", "checks.json", "--serve", "./open/checks.sock");
    expect([open.code, open.err]).toEqual([1, expect.stringContaining("error[daemon.unsafe-directory]")]);
  });

  it("are served again where somebody took the socket away", async () => {
    const running = await serve([FILE()]);
    rmSync(socket);
    await vi.waitFor(async () => expect((await health()).status).toBe(503), PATIENCE);
    await end(running);
  });

  it("are not held up by those who hang, and at the end nobody is waited for", async () => {
    const running = await serve([FILE()]);
    const hanging: Socket[] = [];
    for (let n = 0; n < 20; n++) {
      const one = connect(socket).on("error", () => undefined);
      await once(one, "connect");
      one.write("GET /healthz HTTP/1.1\r\nHost:");
      hanging.push(one);
    }
    expect((await health()).status).toBe(503);
    // Whoever does not say all he asks is let go.
    await Promise.all(hanging.slice(1).map((one) => (one.closed ? undefined : once(one.resume(), "close"))));
    const late = connect(socket);
    await once(late, "connect");
    await end(running);
    late.destroy();
    hanging[0]?.destroy();
  });

  it("are kept when they tell something else than before, and only then", async () => {
    const running = await serve([FILE()], "--cache", "1ms");
    for (let n = 0; n < 3; n++) await health();
    writeFileSync(house.path("there"), "");
    await vi.waitFor(async () => expect((await health()).status).toBe(200), PATIENCE);
    await end(running);
    const { out } = await house.run("verify", "--history", "checks.json");
    expect(out.match(/\d pass, \d fail/g)).toEqual(["0 pass, 1 fail", "1 pass, 0 fail"]);
  });

  it("tell by a stack what follows from it", async () => {
    const text = `stack: shop\nresources:\n  file:\n    ${house.path("motd")}: { content: a }\n`;
    const file = await house.write("shop.yaml", text);
    const running = house.start("verify", file, "--serve", socket, "--cache", "1ms");
    await running.says("/healthz");
    expect(await health()).toMatchObject({ status: 503, fail: 2 });
    expect((await house.run("apply", file, "--yes")).code).toBe(0);
    await vi.waitFor(async () => expect(await health()).toMatchObject({ status: 200, pass: 2 }), PATIENCE);
    await end(running);
  });
});

describe("checks that are served on TCP", () => {
  const TOKEN = "a-token-of-some-length";

  async function secured(): Promise<readonly string[]> {
    const words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=tester";
    const san = ["-addext", "subjectAltName=IP:127.0.0.1"];
    await promisify(execFile)("openssl", [
      ...words.split(" "),
      ...san,
      ...["-keyout", house.path("key"), "-out", house.path("cert")],
    ]);
    writeFileSync(house.path("token"), `${TOKEN}\n`, { mode: 0o600 });
    return ["--tls-cert", "cert", "--tls-key", "key", "--token-file", "token"];
  }

  it("want TLS and a token, and are told to nobody without it", async () => {
    await house.write("checks.json", { checks: [{ user: "root", exists: true }] });
    const running = house.start("verify", "checks.json", "--serve", "127.0.0.1:0", ...(await secured()));
    await running.says("/healthz");
    const url = /https:\S+/.exec(running.out())?.[0];
    const ca = readFileSync(house.path("cert"));
    const ask = (authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return read(overTls(`${url}/healthz`, { ca, headers, agent: false }));
    };
    expect(await ask(`Bearer ${TOKEN}`)).toMatchObject({ status: 200 });
    for (const wrong of [undefined, TOKEN, `Bearer ${TOKEN}x`, "Bearer ", "Basic abc"]) {
      expect(await ask(wrong)).toMatchObject({ status: 401, body: "a token is asked for\n" });
    }
    // Whoever never shakes hands holds up neither the others nor the end.
    const silent = connect(Number(new URL(String(url)).port), "127.0.0.1").on("error", () => undefined);
    await once(silent, "connect");
    expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200);
    await end(running);
    silent.destroy();
  });

  it("are refused without either, elsewhere than on loopback, and with a token that others can read", async () => {
    await house.write("checks.json", { checks: [{ user: "root", exists: true }] });
    const refused = async (...words: readonly string[]) => {
      const { code, err } = await house.run("verify", "checks.json", "--serve", ...words);
      return [code, err.split("\n")[0]];
    };
    const flags = await secured();
    expect(await refused("127.0.0.1:9")).toEqual([2, expect.stringContaining("without TLS and a token")]);
    expect(await refused("127.0.0.1:9", ...flags.slice(0, 4))).toEqual([2, expect.stringContaining("without TLS")]);
    expect(await refused("0.0.0.0:9", ...flags)).toEqual([2, expect.stringContaining("`0.0.0.0:9` is none")]);
    chmodSync(house.path("token"), 0o644);
    expect(await refused("127.0.0.1:0", ...flags)).toEqual([2, expect.stringContaining("is open to others")]);
    writeFileSync(house.path("token"), "short\n");
    chmodSync(house.path("token"), 0o600);
    expect(await refused("127.0.0.1:0", ...flags)).toEqual([2, expect.stringContaining("holds no token")]);
    writeFileSync(house.path("cert"), "no certificate\n");
    writeFileSync(house.path("token"), TOKEN);
    expect(await refused("127.0.0.1:0", ...flags)).toEqual([2, expect.stringContaining("--tls-cert")]);
  });
});
