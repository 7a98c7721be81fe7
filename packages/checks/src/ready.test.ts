import { describe, expect, it } from "vitest";
import { askReady, guestReady, ready, tryMs } from "./ready.ts";
import { deadPort, rawServer, webServer } from "./test/listeners.ts";

const PATIENT = 20_000;
const NEVER = new AbortController().signal;

describe("what is to be ready", () => {
  it.each([
    { http: { url: "http://127.0.0.1:8080/health", status: 204 } },
    { http: { url: "https://a.example/", method: "HEAD", headers: { Accept: "text/plain" }, status: ["2xx", 404] } },
    { http: { port: "8080", path: "/health", body: { contains: "well" } }, timeout: "5s" },
    { tcp: { port: 8080, host: "::1" } },
    { command: ["test", "-e", "/run/up"], timeout: "5s" },
    { log: "listening" },
  ])("may be found out so of what runs here: %j", (asked) => {
    expect(ready.parse(asked)).toEqual(asked);
  });

  it.each([
    [{}, "must have one of `http`, `tcp`, `command` and `log`"],
    [{ http: {} }, "must have one of `url` and `port`"],
    [{ http: { url: "nowhere" } }, "must be an address"],
    [{ http: { url: "ftp://a/" } }, "must begin with http:// or https://"],
    [{ http: { url: "http://ann:pw@a/" } }, "everybody could see"],
    [{ http: { port: 80, method: "HEAD", body: { contains: "a" } } }, "HEAD"],
    [{ http: { port: 80, headers: { "a b": "c" } } }, "cannot be sent"],
    [{ tcp: { port: "0" } }, "must be a port"],
    [{ log: "a\nb" }, "must be a part of one line"],
    [{ log: "a", timeout: "2h" }, "must be a duration of an hour at most"],
  ])("may not be found out so: %j", (asked, why) => {
    expect(JSON.stringify(ready.safeParse(asked).error?.issues)).toContain(why);
  });

  it("is asked of a guest on its own ports, at no address", () => {
    const http = { port: 80, path: "/health", status: "2xx", body: { contains: "well" } };
    for (const asked of [{ http, timeout: "2s" }, { tcp: { port: 80 } }, { console: "up" }]) {
      expect(guestReady.parse(asked)).toEqual(asked);
    }
    const strange = [
      ...[{ http: { url: "http://a/" } }, { tcp: { port: 80, host: "a" } }],
      ...[{ http: { port: "80" } }, { log: "a" }],
    ];
    for (const asked of strange) expect(guestReady.safeParse(asked).success).toBe(false);
  });
});

describe("asked once", () => {
  it("is ready whoever answers with any good status, unless another one is declared", async () => {
    const url = await webServer(({ url }, response) => response.writeHead(Number(url?.slice(1))).end("all is well"));
    const { port } = new URL(url);
    const ask = (http: object) => askReady({ http: { port, ...http } }, PATIENT, NEVER);
    expect(await ask({ path: "/204" })).toEqual({ kind: "pass" });
    expect(await ask({ path: "/302" })).toEqual({ kind: "pass" });
    expect(await ask({ path: "/404" })).toEqual({ kind: "fail", reason: `${url}/404 answered 404` });
    expect(await ask({ path: "/404", status: "4xx" })).toEqual({ kind: "pass" });
    expect(await ask({ path: "/200", body: { contains: "well" } })).toEqual({ kind: "pass" });
    expect(await ask({ path: "/200", body: { contains: "ill" } })).toMatchObject({ kind: "fail" });
    expect(await askReady({ http: { url: `${url}/204` } }, PATIENT, NEVER)).toEqual({ kind: "pass" });
  });

  it("is ready whoever takes a connection", async () => {
    const port = await rawServer((socket) => socket.end());
    expect(await askReady({ tcp: { port: String(port) } }, PATIENT, NEVER)).toEqual({ kind: "pass" });
    expect(await askReady({ tcp: { port: await deadPort() } }, PATIENT, NEVER)).toMatchObject({ kind: "fail" });
  });

  it("has a second unless told", () => {
    expect([tryMs({}), tryMs({ timeout: "50ms" })]).toEqual([1_000, 50]);
  });
});
