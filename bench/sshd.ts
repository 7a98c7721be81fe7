/** An sshd on loopback, with keys of its own. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const SSHD = "/usr/sbin/sshd";

export interface Loopback {
  readonly port: number;
  /** The user that is let in, and the private key that does. */
  readonly user: string;
  readonly key: string;
  readonly knownHosts: string;
  end(): Promise<void>;
}

/** Undefined where none can be run. */
export async function startSshd(folder: string): Promise<Loopback | undefined> {
  if (!existsSync(SSHD) || process.getuid?.() !== 0) return undefined;
  const home = join(folder, "sshd");
  mkdirSync(home, { mode: 0o700 });
  const [key, host, config, knownHosts] = [
    join(home, "key"),
    join(home, "host"),
    join(home, "conf"),
    join(home, "known"),
  ];
  for (const file of [key, host]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
  const port = await freePort();
  const lines = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${host}`, `AuthorizedKeysFile ${key}.pub`],
    ...["UsePAM no", "StrictModes no", "PermitRootLogin prohibit-password", "PidFile none", "PrintMotd no"],
    // Whoever asks for each thing anew opens many.
    "MaxSessions 1000",
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const [type, hostKey] = readFileSync(`${host}.pub`, "utf8").split(" ");
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${type} ${hostKey}\n`);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const sshd = spawn(SSHD, ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const exit = new Promise<void>((resolve) => sshd.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    sshd.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
      if (said.includes("Server listening")) resolve();
    });
    sshd.once("exit", () => reject(new Error(`sshd ended: ${said}`)));
  });
  return {
    ...{ port, user: "root", key, knownHosts },
    async end() {
      if (sshd.pid !== undefined && sshd.exitCode === null) process.kill(-sshd.pid, "SIGKILL");
      await exit;
    },
  };
}

/** The words after `ssh` that lead there. */
export function sshWords({ port, user, key, knownHosts }: Loopback): readonly string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "IdentitiesOnly=yes",
    `UserKnownHostsFile=${knownHosts}`,
  ];
  return [...options.flatMap((option) => ["-o", option]), "-p", String(port), "-l", user, "-i", key, "127.0.0.1"];
}

function run(program: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
