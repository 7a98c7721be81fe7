/** A real sshd of Debian's, with keys and a configuration of the test's own. It ends with the test. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, vi } from "vitest";
import { folder } from "./surroundings.ts";

const SSHD = "/usr/sbin/sshd";
const execute = promisify(execFile);

/** What keeps a real sshd from being tried here; undefined where nothing does. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return "There is no sshd here (Debian: openssh-server)";
  return process.getuid?.() === 0 ? undefined : "Only root runs an sshd that lets somebody in";
}

export interface Sshd {
  readonly port: number;
  /** A private key that is let in. */
  readonly key: string;
  readonly knownHosts: string;
  readonly dir: string;
}

export interface SshdAt {
  readonly address?: string;
  readonly port?: number;
  /** The network that it is in: a word for `ip netns exec`. */
  readonly network?: string;
  /** It sees no processes but its own. */
  readonly alone?: boolean;
  /** In place of the login shell. */
  readonly force?: string;
}

export async function openSshd({
  address = "127.0.0.1",
  port,
  network,
  force,
  alone = false,
}: SshdAt = {}): Promise<Sshd> {
  const dir = await folder();
  const [key, host, config, knownHosts] = ["key", "host", "config", "known"].map((name) => join(dir, name)) as [
    ...[string, string, string, string],
  ];
  for (const file of [key, host]) await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const own = port ?? (await freePort());
  const lines = [
    ...[`Port ${own}`, `ListenAddress ${address}`, `HostKey ${host}`, `AuthorizedKeysFile ${key}.pub`],
    ...["UsePAM no", "StrictModes no", "PermitRootLogin prohibit-password", "PasswordAuthentication no"],
    ...[
      "PidFile none",
      "PrintMotd no",
      "AllowTcpForwarding yes",
      ...(force === undefined ? [] : [`ForceCommand ${force}`]),
    ],
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const [, ...words] = [
    "",
    ...(network === undefined ? [] : ["ip", "netns", "exec", network]),
    ...(alone ? ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] : []),
    SSHD,
    "-D",
    "-e",
    "-f",
    config,
  ];
  const [program = SSHD, ...args] = words;
  const sshd = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  sshd.stderr.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  onTestFinished(async () => {
    if (sshd.pid === undefined || sshd.exitCode !== null) return;
    const ended = once(sshd, "exit");
    process.kill(-sshd.pid, "SIGKILL");
    await ended;
  });
  await vi.waitFor(() => expect(said).toContain("Server listening"), 20_000);
  const [type, hostKey] = (await readFile(`${host}.pub`, "utf8")).split(" ");
  await writeFile(knownHosts, `[${address}]:${own} ${type} ${hostKey}\n`);
  return { port: own, key, knownHosts, dir };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address.port;
}
