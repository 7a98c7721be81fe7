import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** A part of every Debian. */
const PERL = "/usr/bin/perl";
if (!existsSync(PERL)) process.stdout.write("There is no perl here: no program that serves is discovered\n");

/** A program that serves, of a name that nobody else has. */
async function openServer(): Promise<{ readonly name: string; readonly port: number; readonly config: string }> {
  const name = `mw${process.pid}`;
  const port = await freePort();
  const config = await house.write("server.conf", "x\n");
  await symlink(PERL, house.path(name));
  const script =
    "my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => $ARGV[0]) or die; 1 while $s->accept";
  const words = ["-MIO::Socket::INET", "-e", script, String(port), config];
  const child = spawn(house.path(name), words, { cwd: house.dir, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await vi.waitFor(() => connected(port), { timeout: 20_000, interval: 20 });
  return { name, port, config };
}

async function connected(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect").finally(() => socket.destroy());
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

describe("muster discover", () => {
  it.skipIf(!existsSync(PERL))("writes checks of a program that runs, which hold in any language", async () => {
    const { name, port, config } = await openServer();
    for (const [language, file] of [
      ["yaml", "checks.yaml"],
      ["json", "checks.json"],
      ["ts", "checks.ts"],
    ] as const) {
      const { code, out, err } = await house.run("discover", name, "--output", language);
      expect([code, err]).toEqual([0, ""]);
      await house.write(file, out);
      const verified = await house.run("verify", file, "--output", "json");
      expect([verified.code, verified.err]).toEqual([0, ""]);
      const results: readonly { readonly kind: string; readonly subject: unknown }[] = JSON.parse(verified.out).results;
      expect([...new Set(results.map(({ kind, subject }) => `${kind} ${subject}`))]).toEqual(
        expect.arrayContaining([`process ${name}`, `port ${port}`, `file ${config}`]),
      );
    }
  });

  it("writes one thing of a kind", async () => {
    const { out } = await house.run("discover", "user", "root");
    expect(out).toMatch(/^checks:\n {2}- user: root\n {4}exists: true\n {4}uid: 0\n/);
    const { code, out: ts } = await house.run("discover", "file", "/etc/passwd", "--output", "ts");
    expect([code, ts]).toEqual([0, expect.stringContaining('check.file("/etc/passwd").exists().type("file").mode("')]);
  });

  it("tells what is not there, with what may have been meant, and writes nothing", async () => {
    expect(await house.run("discover", "no-such-program")).toMatchObject({
      ...{ code: 1, out: "" },
      err: expect.stringContaining("error[target.nothing-found]: there is no process `no-such-program` at local"),
    });
    expect(await house.run("discover", "file", "/none")).toMatchObject({ code: 1, out: "" });
    const wrong = await house.run("discover", "fil", "/etc/passwd");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("did you mean `file`?")]);
    const bad = await house.run("discover", "file", "passwd");
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("must be an absolute path")]);
    const down = await house.run("discover", "sshd", "--target", "ssh://127.0.0.1:1");
    expect([down.code, down.err]).toEqual([4, expect.stringContaining("error[target.untold]: it cannot be told of")]);
  });
});
