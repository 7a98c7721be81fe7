import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { createServer as createNetServer } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import type { Json } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check, Matcher, Statement } from "./check.ts";
import { localTarget, type Target } from "./target/target.ts";
import { deadPort, deadSocket, listening, listeningAt, rawServer, webServer } from "./test/listeners.ts";
import { nameServer } from "./test/name-server.ts";
import { folder, NEVER, PATIENT, SURROUNDINGS } from "./test/surroundings.ts";
import { type Report, type Verifying, verify } from "./verify.ts";

const execute = promisify(execFile);

type Wanted = Readonly<Record<string, Json | Matcher>>;

/** A check whose plain values are equalities. */
function check(kind: string, subject: Json, wanted: Wanted, options: Check["options"] = {}): Check {
  const statements = Object.entries(wanted).map(([property, value]): Statement => {
    const isMatcher = typeof value === "object" && value !== null && "word" in value;
    return { property, matcher: isMatcher ? (value as Matcher) : { word: "equals", value: value as Json } };
  });
  const [first, ...others] = statements;
  if (first === undefined) throw new Error("it asserts nothing");
  return { kind, subject, options, statements: [first, ...others] };
}

const how = (more: Partial<Verifying> = {}): Verifying => ({
  ...{ targets: [localTarget(SURROUNDINGS)], timeoutMs: PATIENT, retryForMs: 0, now: Date.now, signal: NEVER },
  pause: async () => undefined,
  ...more,
});

function lines({ results }: Report): readonly string[] {
  return results.map(({ kind, property, verdict, found, reason }) =>
    [kind, property, verdict, found ?? reason].filter((each) => each !== undefined).join(" "),
  );
}

const verdictsOf = async (...checks: readonly Check[]) =>
  (await verify(checks, how())).results.map(({ verdict }) => verdict);

describe("verifying this machine", () => {
  it("tells of files and directories what they are, and what they are not", async () => {
    const dir = await folder();
    await writeFile(join(dir, "motd"), "Welcome\n", { mode: 0o640 });
    await symlink("motd", join(dir, "link"));
    await mkdir(join(dir, "d"));
    await writeFile(join(dir, "d", "b"), "");
    const sum = "be6b1b0fd0aa9ee60dd8ae9dbcee8b0ae5c6b0c5ff1eb8ae83eaf7d6e5a4e1de";
    const report = await verify(
      [
        check("file", join(dir, "motd"), {
          ...{ exists: true, type: "file", mode: "0640", size: 8, content: "Welcome", sha256: sum },
          ...{ owner: { word: "matches", pattern: "^[a-z_]" }, modified: { word: "since", ms: 3_600_000 } },
        }),
        check("file", join(dir, "link"), { type: "link", linksTo: "motd" }),
        check("file", join(dir, "none"), { exists: false }),
        check("file", join(dir, "none"), { mode: { word: "not", of: { word: "equals", value: "0777" } } }),
        check("directory", join(dir, "d"), { exists: true, writable: true, entries: ["b"] }),
        check("directory", join(dir, "motd"), { exists: true, mode: "0640" }),
      ],
      how(),
    );
    expect(lines(report)).toEqual([
      ...["exists", "type", "mode", "size", "content"].map((property) => `file ${property} pass`),
      expect.stringMatching(/^file sha256 fail "[0-9a-f]{64}"$/),
      ...["file owner pass", "file modified pass", "file type pass", "file linksTo pass", "file exists pass"],
      `file mode fail there is no ${join(dir, "none")}`,
      ...["exists", "writable", "entries"].map((property) => `directory ${property} pass`),
      "directory exists fail false",
      `directory mode fail ${join(dir, "motd")} is a file`,
    ]);
    expect(report.counts).toEqual({ pass: 13, fail: 4, unknown: 0 });
  });

  it("tells who listens, and at which addresses", async () => {
    const port = await rawServer(() => undefined);
    expect(
      await verdictsOf(
        check("port", port, { listening: true, addresses: ["127.0.0.1"] }),
        check("port", await deadPort(), { listening: false }),
        check("port", `udp:${port}`, { listening: false }),
      ),
    ).toEqual(["pass", "pass", "pass", "pass"]);
  });

  it("tells of users, groups, mounts, disks, processes, interfaces and the kernel", async () => {
    const verdicts = await verdictsOf(
      check("user", "root", { exists: true, uid: 0, home: "/root", groups: { word: "contains", value: "root" } }),
      check("user", "nobody-of-that-name", { exists: false }),
      check("group", "root", { exists: true, gid: 0 }),
      check("mount", "/proc", { mounted: true, type: "proc" }),
      check("mount", "/nowhere", { mounted: false }),
      check("disk", "/", { used: { word: "between", from: 0, to: 100 }, size: { word: "min", value: 1 } }),
      check("process", "no-such-program", { running: false, count: 0 }),
      check("interface", "lo", { exists: true, mtu: { word: "min", value: 1 } }),
      check("interface", "nowhere0", { exists: false }),
      check("kernel-param", "kernel.ostype", { exists: true, value: "Linux" }),
      check("command", ["sh", "-c", "echo hello; exit 2"], { exit: 2, stdout: "hello", stderr: "" }),
    );
    expect(verdicts).toEqual(verdicts.map(() => "pass"));
  });

  it("tells which programs are on the PATH of whoever is asked, and of nobody else", async () => {
    const dir = await folder();
    await writeFile(join(dir, "tool"), "", { mode: 0o755 });
    await writeFile(join(dir, "notes"), "", { mode: 0o644 });
    const target = localTarget({ ...SURROUNDINGS, env: { PATH: `${dir}/none:${dir}:/bin` } });
    const report = await verify(
      [
        check("program", "tool", { exists: true, path: join(dir, "tool") }),
        check("program", "notes", { exists: false }),
        check("program", "notes", { path: join(dir, "notes") }),
        check("program", "sh", { path: "/bin/sh" }),
      ],
      how({ targets: [target] }),
    );
    expect(lines(report)).toEqual([
      ...["program exists pass", "program path pass", "program exists pass"],
      ...["program path fail there is no program notes on the PATH", "program path pass"],
    ]);
  });

  it("fails a command that does not end, and says so", async () => {
    const report = await verify([check("command", "sleep 300", { exit: 0 }, { timeout: "1s" })], how());
    expect(lines(report)).toEqual(["command exit fail it did not end within 1s"]);
  });

  it("judges a thousand files in one go", async () => {
    const dir = await folder();
    const files = Array.from({ length: 1_000 }, (_, at) => join(dir, String(at)));
    await Promise.all(files.map((file) => writeFile(file, "", { mode: 0o600 })));
    const report = await verify(
      files.map((file) => check("file", file, { exists: true, mode: "0600" })),
      how(),
    );
    expect(report.counts).toEqual({ pass: 2_000, fail: 0, unknown: 0 });
  });

  it("asks again until all holds, and counts the last round whole", async () => {
    const file = join(await folder(), "soon");
    let time = 0;
    const pauses: number[] = [];
    const pause = async (ms: number) => {
      time += ms;
      if (pauses.push(ms) === 3) await writeFile(file, "");
    };
    const patient = how({ retryForMs: 30_000, now: () => time, pause });
    expect(await verify([check("file", file, { exists: true })], patient)).toMatchObject({
      ...{ rounds: 4, tookMs: 3_000, counts: { pass: 1, fail: 0, unknown: 0 } },
    });
    const weary = how({ retryForMs: 2_500, now: () => time, pause });
    expect(await verify([check("file", file, { exists: false })], weary)).toMatchObject({
      rounds: 3,
      counts: { fail: 1 },
    });
  });

  it("asks no longer than it is to where the clock is set back meanwhile", async () => {
    let time = 1_000_000;
    let rounds = 0;
    const pause = async () => {
      if (++rounds > 10) throw new Error("nobody asks for so long");
      time -= 60_000;
    };
    const report = await verify(
      [check("file", "/no/such/file", { exists: true })],
      how({ retryForMs: 2_500, now: () => time, pause }),
    );
    expect(report.rounds).toBe(3);
  });

  it("asks every target, and one that cannot tell keeps no other from telling", async () => {
    const silent: Target = {
      name: "silent",
      gather: localTarget({ ...SURROUNDINGS, env: { PATH: "/nowhere" } }).gather,
    };
    const report = await verify(
      [check("command", "true", { exit: 0 })],
      how({ targets: [localTarget(SURROUNDINGS), silent] }),
    );
    expect(report.results.map(({ target, verdict, reason }) => [target, verdict, reason])).toEqual([
      ["local", "pass", undefined],
      ["silent", "unknown", "there is no program sh"],
    ]);
  });

  it("calls nothing passed of which nobody waited for the answer", async () => {
    const checks = [
      check("http", "http://127.0.0.1:9/", { reachable: false }),
      check("file", "/none", { exists: false }),
    ];
    const report = await verify(checks, how({ signal: AbortSignal.abort() }));
    expect(report.counts).toEqual({ pass: 0, fail: 0, unknown: 2 });
  });
});

describe("verifying from outside", () => {
  it("tells what a server answers", async () => {
    const url = await webServer((_, response) => response.writeHead(404, { "X-Kind": "test" }).end('{"a":[1]}'));
    const wanted = {
      ...{ reachable: true, status: 404, body: { word: "json", path: "a[0]", of: { word: "equals", value: 1 } } },
      headers: { word: "key", path: "x-kind", of: { word: "equals", value: "test" } },
    } as const;
    expect(await verdictsOf(check("http", url, wanted))).toEqual(["pass", "pass", "pass", "pass"]);
    const nobody = `http://127.0.0.1:${await deadPort()}/`;
    const report = await verify([check("http", nobody, { reachable: false, status: 200 })], how());
    expect(lines(report)).toEqual(["http reachable pass", `http status fail ${nobody} refused the connection`]);
    const lost = await verify([check("http", "http://nobody.invalid/", { reachable: false })], how());
    expect(lost.results[0]?.verdict).toBe("unknown");
  });

  it("asks a server at a socket, and tells a dead one, a silent one and none", async () => {
    const dir = await folder();
    const [live, dead, silent] = ["live", "dead", "silent"].map((name) => join(dir, name));
    await listeningAt(
      live,
      createHttpServer((request, response) => response.end(request.url)),
    );
    await deadSocket(dead);
    await listeningAt(silent, createNetServer());
    const asked = (socket = "", timeout = "20s") =>
      check("http", "http://localhost/_ping", { reachable: true, body: "/_ping" }, { socket, timeout });
    const report = await verify([asked(live), asked(dead), asked(join(dir, "none")), asked(silent, "200ms")], how());
    const at = (name = "") => `http://localhost/_ping at ${name}`;
    const neither = (why: string) => [`http reachable fail false: ${why}`, `http body fail ${why}`];
    expect(lines(report)).toEqual([
      ...["http reachable pass", "http body pass", ...neither(`${at(dead)} refused the connection`)],
      ...[...neither(`${at(join(dir, "none"))} is not there`), ...neither(`${at(silent)} did not answer within 200ms`)],
    ]);
  });

  it("tells how long an answer took, to its end where its body is asked for", async () => {
    const url = await webServer((_, response) => {
      response.write("begun");
      setTimeout(() => response.end(), 300);
    });
    const slow = { time: { word: "min", value: 290 } } as const;
    expect(await verdictsOf(check("http", url, { ...slow, body: "begun" }))).toEqual(["pass", "pass"]);
    expect(await verdictsOf(check("http", url, { time: { word: "max", value: -1 } }))).toEqual(["fail"]);
  });

  it("does not judge a body of which it has read only the beginning", async () => {
    const url = await webServer((_, response) => response.end("x".repeat(65_537)));
    const none = { word: "not", of: { word: "contains", value: "y" } } as const;
    expect(await verdictsOf(check("http", url, { status: 200, body: none }))).toEqual(["pass", "unknown"]);
  });

  it("tells whether a connection is taken", async () => {
    const [port, dead] = [await rawServer(() => undefined), await deadPort()];
    expect(
      await verdictsOf(
        check("addr", `127.0.0.1:${port}`, { reachable: true }),
        check("addr", `localhost:${dead}`, { reachable: false }),
      ),
    ).toEqual(["pass", "pass"]);
  });

  it("tells what a name server says, and that it says nothing", async () => {
    const server = await nameServer({
      ...{ "web.test A": ["192.0.2.2", "192.0.2.1"], "web.test TXT": ["v=1"] },
      ...{ "mute.test A": "silent", "mute.test 28": "silent" },
    });
    const report = await verify(
      [
        check("dns", "web.test", { resolves: true, answers: ["192.0.2.1", "192.0.2.2"] }, { server }),
        check("dns", "web.test", { answers: ["v=1"] }, { server, type: "TXT" }),
        check("dns", "none.test", { resolves: false, answers: ["192.0.2.1"] }, { server }),
        check("dns", "mute.test", { resolves: false }, { server, timeout: "200ms" }),
      ],
      how(),
    );
    expect(lines(report)).toEqual([
      ...["dns resolves pass", "dns answers pass", "dns answers pass", "dns resolves pass"],
      "dns answers fail none.test does not resolve",
      "dns resolves unknown mute.test could not be looked up: nobody answered within 200ms",
    ]);
  });

  it("tells of a certificate for whom it is good, for how long, and whether somebody trusted has signed it", async () => {
    const dir = await folder();
    const [key, cert] = [join(dir, "key"), join(dir, "cert")];
    const words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=tester";
    await execute("openssl", [
      ...words.split(" "),
      "-addext",
      "subjectAltName=DNS:web.test,IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      cert,
    ]);
    const [pem, secret] = [await readFile(cert, "utf8"), await readFile(key, "utf8")];
    const port = await listening(createServer({ key: secret, cert: pem }));
    const place = `127.0.0.1:${port}`;
    const good = check("certificate", place, {
      ...{
        valid: true,
        daysLeft: { word: "between", from: 28, to: 30 },
        names: ["127.0.0.1", "web.test"],
        issuer: "tester",
      },
    });
    expect(await verdictsOf(good)).toEqual(["fail", "pass", "pass", "pass"]);
    const trusted = getCACertificates();
    onTestFinished(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, pem]);
    const other = check("certificate", place, { valid: true }, { name: "other.test" });
    expect(await verdictsOf(good, other)).toEqual(["pass", "pass", "pass", "pass", "fail"]);
    const plain = await webServer((_, response) => response.end());
    const report = await verify([check("certificate", new URL(plain).host, { valid: true, daysLeft: 1 })], how());
    expect(report.results.map(({ verdict }) => verdict)).toEqual(["fail", "fail"]);
  });

  it("takes it for no bad certificate where none is shown", async () => {
    const closed = "127.0.0.1:1";
    const plain = new URL(await webServer((_, response) => response.end())).host;
    const none = [closed, plain].map((place) => check("certificate", place, { valid: false }));
    const { results } = await verify(none, how());
    expect(results.map(({ verdict, found }) => [verdict, found])).toEqual([
      ["fail", `${closed} refused the connection`],
      ["fail", expect.stringMatching(/^\S+ did not answer as it should: no TLS that is understood \([\w ]+\)$/)],
    ]);
  });
});
