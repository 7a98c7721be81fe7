/** `muster image run` on real machines and real processes: the guest of our own, and the same as a program. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildUnikernel, type Unikernel } from "@muster/provider-vm";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type House, openHouse, type Running } from "../packages/cli/src/test/house.ts";
import { freePort } from "./support/free-port.ts";
import { endAllAtHome, pidsAtHome } from "./support/left-behind.ts";
import { lackingOf } from "./support/programs.ts";

const lacking = lackingOf(["gcc", "qemu-system-x86_64"]);
if (lacking.length > 0) {
  process.stdout.write(`There is no ${lacking.join(" and no ")} here: \`muster image run\` is not tried\n`);
}

const FORMS = ["vm", "process"] as const;
type Form = (typeof FORMS)[number];

describe.skipIf(lacking.length > 0)("muster image run", { timeout: 120_000 }, () => {
  let folder: string;
  let guest: Unikernel;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "muster-guest-"));
    guest = await buildUnikernel(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("runs what answers the same as a machine and as a process", async () => {
    const house = await openRoom();
    await manifest(house);
    const machine = await checked(house, "vm");
    const program = await checked(house, "process");
    expect(machine.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 404, 400, 200, 405]);
    expect(machine[0]?.body).toContain('"greeting":"hi","name":"hello-0"');
    expect(program).toEqual(machine);
  });

  it.each(FORMS)("tries one as a %s: it is ended as soon as it is ready", async (form) => {
    const house = await openRoom();
    await manifest(house);
    const { code, out, err } = await house.run("image", "run", "hello.yaml", "--as", form, "--try");
    expect(err).toMatch(/^hello runs as a (vm|process); its port 8080 is http:\/\/127\.0\.0\.1:\d+$/m);
    expect(err).toMatch(/^hello is ready, after \d+\.\d s$/m);
    expect(out).toMatch(/^\{"event":"ready","name":"hello-0",.*\}\n/);
    expect(code).toBe(0);
    expect(left(house)).toEqual([]);
  });

  it.each([
    ["vm", "/exit/0", 0, "hello has ended: the guest exited with code 0"],
    ["vm", "/exit/7", 1, "error[image.ended]: `hello` has ended: the guest exited with code 7"],
    ["vm", "/panic", 1, "error[image.ended]: `hello` has ended: the guest panicked"],
    ["process", "/exit/0", 0, "hello has ended: exited with code 0"],
    ["process", "/exit/7", 1, "error[image.ended]: `hello` has ended: exited with code 7"],
    ["process", "/panic", 1, "error[image.ended]: `hello` has ended: killed by SIGABRT"],
  ] as const)("ends when what it runs ends: as a %s, after %s, with %i", async (form, path, code, says) => {
    const house = await openRoom();
    await manifest(house);
    const { running, url } = await begun(house, form);
    // Whoever asked for it gets no answer.
    await fetch(url + path).catch(() => undefined);
    const ended = await running.ended;
    expect(ended.err).toContain(says);
    expect(ended.out).toMatch(path === "/panic" ? /"event":"panic",.*\n$/ : /"event":"exit",.*\n$/);
    expect(ended.code).toBe(code);
    expect(left(house)).toEqual([]);
  });

  it.each([
    ["vm", "SIGINT"],
    ["process", "SIGINT"],
    ["vm", "SIGTERM"],
    ["process", "SIGTERM"],
  ] as const)("takes away what it ran as a %s, at %s", async (form, signal) => {
    const house = await openRoom();
    await manifest(house);
    const { running } = await begun(house, form);
    running.signal(signal);
    // Whoever asks twice does not make it leave anything behind.
    running.signal(signal);
    expect((await running.ended).code).toBe(0);
    expect(left(house)).toEqual([]);
  });

  it.each(FORMS)("says what stood last on the console of a %s that is never ready", async (form) => {
    const house = await openRoom();
    await manifest(house, { health: { http: { port: 8080, path: "/nowhere" } } });
    const words = ["image", "run", "hello.yaml", "--as", form, "--try", "--within", "2s"];
    const { code, err } = await house.run(...words);
    expect(err).toMatch(/^The end of its console:\n( {2}.*\n)*( {2}\{"event":"request",.*"path":"\/nowhere"\}\n)/m);
    expect(err).toContain("error[image.not-ready]: `hello` is not ready after 2s: ");
    expect(code).toBe(1);
    expect(left(house)).toEqual([]);
  });

  it.each(FORMS)("does not call a %s tried that ends well before it is ready", async (form) => {
    const house = await openRoom();
    await manifest(house, { health: { http: { port: 8080, path: "/exit/0" } } });
    const words = ["image", "run", "hello.yaml", "--as", form];
    const tried = await house.run(...words, "--try");
    expect(tried.err).toMatch(/error\[image\.ended\]: `hello` has ended: (the guest )?exited with code 0/);
    expect(tried.code).toBe(1);
    expect((await house.run(...words)).code).toBe(0);
  });

  it.each(FORMS)("takes away what a command that was killed with -9 ran as a %s", async (form) => {
    const house = await openRoom();
    await manifest(house);
    const { running } = await begun(house, form);
    running.signal("SIGKILL");
    await running.ended;
    const orphans = left(house);
    expect(orphans).not.toEqual([]);
    // Whatever the next one runs itself.
    const next = await house.run("image", "run", "hello.yaml", "--as", "process", "--try");
    expect(next.err).toContain("Took away what a run had left behind.\n");
    expect(next.code).toBe(0);
    expect(left(house)).toEqual([]);
  });

  it("leaves alone what another command runs", async () => {
    const house = await openRoom();
    await manifest(house);
    const { running, url } = await begun(house, "vm");
    const other = await house.run("image", "run", "hello.yaml", "--as", "process", "--try");
    expect([other.code, other.err]).toEqual([0, expect.not.stringContaining("Took away")]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    running.signal("SIGINT");
    await running.ended;
  });

  it("runs an image by its name and by how its digest begins", async () => {
    const house = await openRoom();
    await manifest(house);
    const { digest } = JSON.parse((await house.run("image", "build", "hello.yaml", "--output", "json")).out);
    for (const word of ["hello", digest, digest.slice(0, 20)]) {
      const { code, err } = await house.run("image", "run", word, "--try");
      expect([code, err]).toEqual([0, expect.stringContaining("hello is ready")]);
    }
    const slip = await house.run("image", "run", "helo");
    expect([slip.code, slip.err]).toEqual([2, expect.stringContaining("(did you mean `hello`?)")]);
  });

  it("leads to a port from the same number, and from another where somebody listens on it", async () => {
    const house = await openRoom();
    const port = await freePort();
    await manifest(house, { ports: [port], health: { tcp: { port } } });
    const tried = (form: Form) => house.run("image", "run", "hello.yaml", "--as", form, "--try");
    expect((await tried("vm")).err).toContain(`its port ${port} is http://127.0.0.1:${port}\n`);
    expect((await tried("process")).err).toContain(`its port ${port} is http://127.0.0.1:${port}\n`);
    const somebody = createServer().listen(port, "127.0.0.1");
    await once(somebody, "listening");
    onTestFinished(() => void somebody.close());
    for (const form of FORMS) {
      const { code, err } = await tried(form);
      expect(err).toMatch(/its port \d+ is http:\/\/127\.0\.0\.1:2\d{4}\n/);
      expect(code).toBe(0);
    }
  });

  it("does not move a process that no word tells where to listen", async () => {
    const house = await openRoom();
    const port = await freePort();
    const process = { command: [guest.host, `port=${port}`] };
    await manifest(house, { ports: [port], health: { tcp: { port } }, process });
    const moved = await house.run("image", "run", "hello.yaml", "--as", "process", "--port", "9090");
    expect(moved.err).toContain(`--port: as a process it listens on ${port}, and not on 9090`);
    expect(moved.code).toBe(2);
    expect((await house.run("image", "run", "hello.yaml", "--as", "process", "--try")).code).toBe(0);
  });

  it("runs a program for Linux from where its files come from, with its environment", async () => {
    const house = await openRoom();
    const linux = { image: "app", kind: "linux", health: { console: '"event":"ready"' }, ports: [8080] };
    const files = { "/srv/app": folder };
    await house.write("app.json", { ...linux, files, entrypoint: ["/srv/app/host", "port=${port.8080}"] });
    const port = await freePort();
    const tried = await house.run("image", "run", "app.json", "--as", "process", "--try", "--port", `${port}:8080`);
    expect(tried.out).toContain(`"port":${port}}`);
    expect(tried.code).toBe(0);

    const env = { GREETING: "hello", LISTEN: "on ${port}", KEPT: "${other}" };
    await house.write("env.json", { image: "env", kind: "linux", ports: [8080], env, entrypoint: ["/usr/bin/env"] });
    const words = ["--as", "process", "--port", String(port), "--env", "GREETING=good day"];
    const shown = await house.run("image", "run", "env.json", ...words);
    expect(shown.out.split("\n")).toEqual(
      expect.arrayContaining(["GREETING=good day", `LISTEN=on ${port}`, "KEPT=${other}"]),
    );
    expect(shown.code).toBe(0);
  });

  /** In `hello.yaml`: JSON is YAML. */
  function manifest(house: House, more: object = {}): Promise<string> {
    return house.write("hello.yaml", {
      ...{ image: "hello", kind: "unikernel", kernel: guest.elf, memory: "4MiB", ports: [8080] },
      args: ["greeting=hi", "port=${port}"],
      process: { command: [guest.host, "greeting=hi", "port=${port}", "name=${name}"] },
      health: { http: { port: 8080, path: "/health", method: "GET", status: [204, "2xx"] }, timeout: "5s" },
      ...more,
    });
  }
});

async function openRoom(): Promise<House> {
  const house = await openHouse();
  onTestFinished(async () => {
    await endAllAtHome(house.dir);
    await house.close();
  });
  return house;
}

/** What still runs, or has a directory. */
function left(house: House): readonly string[] {
  const runs = join(house.dir, "run/muster/runs");
  const directories = FORMS.flatMap((form) => readdirSync(join(runs, form)).filter((name) => /^[a-z]-/.test(name)));
  return [...pidsAtHome(house.dir).map(String), ...directories];
}

async function begun(house: House, form: Form): Promise<{ readonly running: Running; readonly url: string }> {
  const port = await freePort();
  const running = house.start("image", "run", "hello.yaml", "--as", form, "--port", String(port));
  await running.says("hello is ready");
  return { running, url: `http://127.0.0.1:${port}` };
}

interface Answered {
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

const PATHS = ["/", "/health", "/health?a=b", "/metrics", "/up", "/nowhere", "/exit/many", "/spam/64"];

/** What is answered at each path, and to what is no question. */
async function checked(house: House, form: Form): Promise<readonly Answered[]> {
  const { running, url } = await begun(house, form);
  const answered: Answered[] = [];
  for (const path of PATHS) answered.push(await ask(path, "GET"));
  answered.push(await ask("/", "POST"));
  running.signal("SIGINT");
  expect((await running.ended).code).toBe(0);
  return answered;

  async function ask(path: string, method: string): Promise<Answered> {
    const answer = await fetch(url + path, { method });
    const body = alike(await answer.text());
    return { path, status: answer.status, type: answer.headers.get("content-type"), body };
  }
}

/** Without what is another each time; how often it was asked until it was ready is so too, and what only one form measures. */
function alike(body: string): string {
  return body
    .replace(/"ip":"[\d.]+"/, '"ip":"…"')
    .replace(/"uptime":[\d.]+,"requests":\d+/, '"uptime":…,"requests":…')
    .split("\n")
    .filter((line) => !/^(# TYPE )?guest_/.test(line) || /guest_(uptime|requests)/.test(line))
    .map((line) => line.replace(/^(guest_\w+) [\d.]+$/, "$1 …"))
    .join("\n");
}
