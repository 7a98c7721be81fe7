import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { type HttpProbe, probeHttp } from "./http.ts";
import { deadPort, listening, rawServer, webServer } from "./test/listeners.ts";

const NEVER = new AbortController().signal;
const PATIENT = 20_000;
const OVER = "HTTP/1.1 101 Over\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";

function probe(url: string, more: Partial<HttpProbe> = {}) {
  return probeHttp({ url, timeoutMs: PATIENT, ...more }, NEVER);
}

describe("an HTTP probe", () => {
  it("passes when the answer has a status of the kind that is wanted", async () => {
    const url = await webServer((request, response) => response.writeHead(Number(request.url?.slice(1))).end());
    expect(await probe(`${url}/204`)).toEqual({ kind: "pass" });
    expect(await probe(`${url}/500`)).toEqual({ kind: "fail", reason: `${url}/500 answered 500` });
    expect(await probe(`${url}/404`, { status: 404 })).toEqual({ kind: "pass" });
    expect(await probe(`${url}/200`, { status: 404 })).toMatchObject({ kind: "fail" });
    expect(await probe(`${url}/418`, { status: [200, "4xx"] })).toEqual({ kind: "pass" });
    expect(await probe(`${url}/500`, { status: [200, "4xx"] })).toMatchObject({ kind: "fail" });
  });

  it("sends its method and its headers", async () => {
    const url = await webServer(({ method, headers }, response) => response.end(`${method} ${headers["x-key"]}`));
    const more = { method: "POST", headers: { "X-Key": "k1" }, body: { contains: "POST k1" } };
    expect(await probe(url, more)).toEqual({ kind: "pass" });
  });

  it("takes a redirect for what it is", async () => {
    const asked: (string | undefined)[] = [];
    const url = await webServer((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(await probe(`${url}/`)).toEqual({ kind: "fail", reason: `${url}/ answered 302` });
    expect(await probe(`${url}/`, { status: "3xx" })).toEqual({ kind: "pass" });
    expect(asked).toEqual(["/", "/"]);
  });

  it("finds a text in a body, also where it comes in pieces", async () => {
    const url = await webServer((_, response) => {
      response.write("all is w");
      setImmediate(() => response.end("ell"));
    });
    expect(await probe(url, { body: { contains: "is well" } })).toEqual({ kind: "pass" });
    expect(await probe(url, { body: { contains: "is bad" } })).toEqual({
      kind: "fail",
      reason: `the answer of ${url}/ holds no "is bad"`,
    });
  });

  it("reads no more than 64 KiB of a body that never ends", async () => {
    const url = await webServer((request, response) => {
      response.write(request.url === "/early" ? "well" : "");
      const pour = () => {
        while (response.write("x".repeat(16_384)));
      };
      response.on("drain", pour);
      pour();
    });
    expect(await probe(`${url}/early`, { body: { contains: "well" } })).toEqual({ kind: "pass" });
    expect(await probe(`${url}/late`, { body: { contains: "well" } })).toEqual({
      kind: "fail",
      reason: `the first 64 KiB of the answer of ${url}/late holds no "well"`,
    });
    expect(await probe(`${url}/late`)).toEqual({ kind: "pass" });
  });

  it("passes as soon as the text was there, though the body goes on for ever", async () => {
    const url = await webServer((_, response) => void response.write("well"));
    expect(await probe(url, { body: { contains: "well" } })).toEqual({ kind: "pass" });
  });

  it("fails when nobody answers in time: before the answer, or within its body", async () => {
    const silent = await rawServer(() => undefined);
    expect(await probe(`http://127.0.0.1:${silent}`, { timeoutMs: 50 })).toEqual({
      kind: "fail",
      reason: `http://127.0.0.1:${silent}/ did not answer within 50ms`,
    });
    const halting = await webServer((_, response) => void response.write("a"));
    expect(await probe(halting, { timeoutMs: 200, body: { contains: "b" } })).toMatchObject({ kind: "fail" });
  });

  it("fails when nobody listens, also at a name with several addresses", async () => {
    const port = await deadPort();
    for (const host of ["127.0.0.1", "localhost"]) {
      const reason = `http://${host}:${port}/ refused the connection`;
      expect(await probe(`http://${host}:${port}/`)).toEqual({ kind: "fail", reason });
    }
  });

  it.each([
    ["hangs up", ""],
    ["speaks another language", "+OK POP3 ready\r\n\r\n"],
    ["breaks off in the middle of its body", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"],
    ["wants to go on in another protocol", OVER],
    ["has a head without an end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`],
  ])("fails when the other side %s", async (_, bytes) => {
    const port = await rawServer((socket) => socket.once("data", () => socket.end(bytes)));
    const verdict = await probe(`http://127.0.0.1:${port}`, { body: { contains: "whole" } });
    expect(verdict).toMatchObject({ kind: "fail", reason: expect.stringContaining(`http://127.0.0.1:${port}/ `) });
  });

  it("takes another protocol for its status too", async () => {
    const port = await rawServer((socket) => socket.once("data", () => socket.write(OVER)));
    expect(await probe(`http://127.0.0.1:${port}`, { status: 101 })).toEqual({ kind: "pass" });
  });

  it("cannot tell when the name is not known, whoever bears it", async () => {
    const verdict = await probe("http://nobody.invalid/", { timeoutMs: 3_000 });
    expect(verdict).toMatchObject({ kind: "unknown", reason: expect.stringContaining("nobody.invalid") });
  });

  it("cannot tell when it cannot even ask, and shows no secret of what it was to ask with", async () => {
    expect(await probe("ftp://127.0.0.1/")).toMatchObject({ kind: "unknown" });
    const broken = await probe("http://127.0.0.1:1/", { headers: { authorization: "s3cret\nx" } });
    expect(broken).toMatchObject({ kind: "unknown", reason: expect.stringContaining("authorization") });
    expect(JSON.stringify(broken)).not.toContain("s3cret");
    const refused = await probe(`http://ann:s3cret@127.0.0.1:${await deadPort()}/?key=s3cret`);
    expect(refused.kind).toBe("fail");
    expect(JSON.stringify(refused)).not.toContain("s3cret");
  });

  it("cannot tell when nobody waits for the answer any more", async () => {
    const over = new AbortController();
    const port = await rawServer((socket) => socket.once("data", () => over.abort()));
    const asked = { url: `http://127.0.0.1:${port}`, timeoutMs: PATIENT };
    const reason = `nobody waited for the answer of http://127.0.0.1:${port}/`;
    expect(await probeHttp(asked, over.signal)).toEqual({ kind: "unknown", reason });
    expect(await probeHttp(asked, over.signal)).toEqual({ kind: "unknown", reason });
  });

  it("uses no connection twice", async () => {
    const ports = new Set<number | undefined>();
    const url = await webServer(({ socket, headers }, response) => {
      ports.add(socket.remotePort);
      response.end(headers.connection);
    });
    for (let i = 0; i < 3; i++) expect(await probe(url, { body: { contains: "close" } })).toEqual({ kind: "pass" });
    expect(ports.size).toBe(3);
  });

  it("asks no proxy, whatever the environment says", async () => {
    const url = await webServer((_, response) => response.end());
    const proxy = `http://127.0.0.1:${await deadPort()}`;
    const module = JSON.stringify(new URL("./http.ts", import.meta.url).href);
    const asked = JSON.stringify({ url, timeoutMs: PATIENT });
    const program = `import { probeHttp } from ${module};
      console.log(JSON.stringify(await probeHttp(${asked}, new AbortController().signal)));`;
    const env = { PATH: process.env["PATH"], NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy, http_proxy: proxy };
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { env });
    expect(stdout).toBe('{"kind":"pass"}\n');
  });
});

it("fails at a certificate that nobody vouches for, and says so", async () => {
  const pair = await selfSigned();
  const port = await listening(createSecureServer(pair, (_, response) => response.end()));
  const verdict = await probe(`https://127.0.0.1:${port}/`);
  expect(verdict).toMatchObject({ kind: "fail", reason: expect.stringMatching(/: self-signed certificate$/) });
});

/** A key and a certificate as anybody can make them. */
async function selfSigned() {
  const folder = await mkdtemp(join(tmpdir(), "muster-tls-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"];
  await promisify(execFile)("openssl", [...made, ...named, "-keyout", key, "-out", cert]);
  return { key: await readFile(key), cert: await readFile(cert) };
}
