import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@muster/model";
import type { Flavor } from "@muster/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { httpIn, httpProperties } from "./http.ts";
import { member, wrongWith } from "./test/members.ts";
import { webServer } from "./test/web-server.ts";

const http: Flavor = httpIn({});

describe("http", () => {
  it("calls those healthy that answer as they should", async () => {
    const url = await webServer((request, response) => {
      response.writeHead(request.url === "/ill" ? 503 : 200).end("all is well");
    });
    const ask = (more: JsonObject) => http.health?.(member, { url, timeout: "20s", ...more });
    expect(await ask({})).toEqual({ kind: "pass" });
    expect(await ask({ body: { contains: "well" } })).toEqual({ kind: "pass" });
    expect(await ask({ body: { contains: "bad" } })).toMatchObject({ kind: "fail" });
    expect(await ask({ status: [204, "4xx"] })).toMatchObject({ kind: "fail" });
    expect(await ask({ url: `${url}/ill` })).toEqual({ kind: "fail", reason: `${url}/ill answered 503` });
  });

  it("asks nobody about a member that does not run", async () => {
    let asked = 0;
    const url = await webServer((_, response) => {
      asked++;
      response.end();
    });
    expect(await http.health?.({ ...member, phase: "ended", reason: "exit code 1" }, { url })).toEqual({
      kind: "fail",
      reason: "exit code 1",
    });
    expect(await http.health?.({ ...member, phase: "starting" }, { url })).toMatchObject({ kind: "unknown" });
    expect(asked).toBe(0);
  });

  it("gives an answer one second unless told", async () => {
    const url = await webServer(() => undefined);
    expect(await http.health?.(member, { url })).toEqual({
      kind: "fail",
      reason: `${url}/ did not answer within 1s`,
    });
    expect(await http.health?.(member, { url, timeout: "50ms" })).toMatchObject({
      reason: expect.stringContaining("within 50ms"),
    });
  });

  it("reads the secrets of its headers when it asks, and not before", async () => {
    const folder = await mkdtemp(join(tmpdir(), "muster-http-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "token");
    const url = await webServer(({ headers }, response) => {
      const isKnown = headers["x-token"] === "s3cret" && headers.authorization === "Bearer b";
      response.writeHead(isKnown ? 200 : 401).end();
    });
    const flavor: Flavor = httpIn({ BEARER: "Bearer b" });
    const headers = { "X-Token": { secret: { file } }, Authorization: { secret: { env: "BEARER" } } };
    const properties = { url, timeout: "20s", headers };
    expect(wrongWith(flavor, properties)).toBeUndefined();
    await expect(flavor.health?.(member, properties)).rejects.toMatchObject({ kind: "retryable" });
    await writeFile(file, "s3cret\n");
    expect(await flavor.health?.(member, properties)).toEqual({ kind: "pass" });
  });

  it("calls a member failing only after so many failures in a row, each member by itself", async () => {
    let isWell = false;
    const url = await webServer((_, response) => response.writeHead(isWell ? 200 : 500).end());
    const flavor: Flavor = httpIn({});
    const ask = (id = "m-1") => flavor.health?.({ ...member, id }, { url, timeout: "20s", failures: 3 });
    const [unknown, fail] = [{ kind: "unknown" }, { kind: "fail", reason: `${url}/ answered 500` }];
    expect(await ask()).toEqual({ kind: "unknown", reason: `${url}/ answered 500 (failed 1 of 3 times in a row)` });
    expect(await ask()).toMatchObject(unknown);
    expect(await ask("m-2")).toMatchObject(unknown);
    expect(await ask()).toEqual(fail);
    expect(await ask()).toEqual(fail);
    isWell = true;
    expect(await ask()).toEqual({ kind: "pass" });
    isWell = false;
    expect(await ask()).toMatchObject(unknown);
  });

  it("refuses an address that nobody could ask, before anything is made", () => {
    const wrong = (properties: JsonObject) => wrongWith(http, { url: "http://a", ...properties });
    expect(wrong({ url: "http://127.0.0.1:${self.port}/${self.slot}" })).toBeUndefined();
    expect(wrong({ url: "https://${self.slot}.example/" })).toBeUndefined();
    expect(wrong({ url: "localhost/health" })).toContain("must be an address");
    expect(wrong({ url: "ftp://localhost/" })).toContain("http://");
    expect(wrong({ url: "http://ann:pw@localhost/" })).toContain("as a secret");
    expect(wrong({ headers: { "a b": "c" } })).toContain("cannot be sent");
    expect(wrong({ headers: { a: "b\nc" } })).toContain("cannot be sent");
    expect(wrong({ method: "HEAD", body: { contains: "a" } })).toContain("HEAD");
  });

  it("asks at an address, or at a port of this machine", async () => {
    const url = await webServer(({ url }, response) => response.writeHead(url === "/health" ? 200 : 404).end());
    const { port } = new URL(url);
    for (const path of [undefined, "/health"]) {
      const properties = { port, timeout: "20s", ...(path === undefined ? { status: 404 } : { path }) };
      expect(wrongWith(http, properties)).toBeUndefined();
      expect(await http.health?.(member, properties)).toEqual({ kind: "pass" });
    }
    const nowhere: readonly JsonObject[] = [{}, { url, port: 80 }];
    for (const each of nowhere) expect(wrongWith(http, each)).toContain("one of `url` and `port`");
    expect(wrongWith(http, { url, path: "/" })).toContain("goes with `port`");
  });

  it("takes times up to 30 s, statuses that there are, and nothing that it does not know", () => {
    const wrong = (more: JsonObject) => wrongWith(http, { url: "http://a", ...more });
    for (const timeout of ["1ms", "30s"]) expect(wrong({ timeout })).toBeUndefined();
    for (const timeout of ["0s", "31s", "2", "soon"]) expect(wrong({ timeout })).toContain("from 1ms to 30s");
    for (const status of [200, "2xx", [200, "3xx"]]) expect(wrong({ status })).toBeUndefined();
    for (const status of [99, "200", "6xx", []]) expect(wrong({ status })).toBeDefined();
    for (const failures of [0, 1.5]) expect(wrong({ failures })).toBeDefined();
    expect(wrong({ path: "/" })).toBeDefined();
  });

  it("only treats members: no change of it replaces one", () => {
    const effects: Readonly<Record<string, string | undefined>> = http.effects;
    for (const property of Object.keys(httpProperties.shape)) expect(effects[property]).toBe("in-place");
  });
});
