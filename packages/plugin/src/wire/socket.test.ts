import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../testing/sockets.ts";
import { serveHttp, textReply } from "./http-server.ts";
import { clearSocketPath } from "./socket.ts";

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  return thrown instanceof MusterError ? thrown.code : `not refused: ${String(thrown)}`;
}

describe("a plugin's socket", () => {
  it("is closed to others, and so is the directory that is made for it", async () => {
    const directory = join(await temporaryFolder(), "made", "here");
    const server = await serveHttp(join(directory, "s"), async () => textReply(200, ""));
    onTestFinished(server.close);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, "s"))).mode & 0o777).toBe(0o600);
  });

  it("takes the place of one that nobody answers any more", async () => {
    const path = join(await temporaryFolder(), "s");
    const script = `require("node:net").createServer().listen(process.argv[1], () => process.stdout.write("up"))`;
    const child = spawn(process.execPath, ["-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((await stat(path)).isSocket()).toBe(true);
    const server = await serveHttp(path, async () => textReply(200, ""));
    await server.close();
  });

  it("is refused while another answers at it, and left alone", async () => {
    const path = join(await temporaryFolder(), "s");
    const server = await serveHttp(path, async () => textReply(200, ""));
    onTestFinished(server.close);
    expect(await codeOf(clearSocketPath(path))).toBe("plugin.socket-taken");
    expect((await stat(path)).isSocket()).toBe(true);
  });

  it("is never made over something that is not a socket", async () => {
    const path = join(await temporaryFolder(), "s");
    await writeFile(path, "precious");
    expect(await codeOf(clearSocketPath(path))).toBe("plugin.not-a-socket");
    expect((await stat(path)).size).toBe(8);
  });

  it("is refused where others could come in, and where the path is too long", async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o755);
    expect(await codeOf(clearSocketPath(join(folder, "s")))).toBe("daemon.unsafe-directory");
    expect(await codeOf(clearSocketPath(join(folder, "s".repeat(107))))).toBe("daemon.socket-path");
    expect(await codeOf(clearSocketPath(`/${"ä".repeat(54)}`))).toBe("daemon.socket-path");
  });
});
