/** The script of a leader, on the shells that it may find as /bin/sh. Bash keeps no empty text in a pipe. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Leader, leaderCommand } from "./leader.ts";
import { freshDirectory, until } from "./test/room.ts";

interface Shell {
  readonly program: string;
  /** Before the words of the leader. */
  readonly words: readonly string[];
  readonly keepsTextInPipe: boolean;
}

const BASH: Shell = { program: "/bin/bash", words: [], keepsTextInPipe: false };
const SHELLS: readonly Shell[] = [
  { program: "/bin/dash", words: [], keepsTextInPipe: true },
  { program: "busybox", words: ["sh"], keepsTextInPipe: true },
  BASH,
];

describe.each(SHELLS)("on $program", (shell) => {
  it.skipIf(!isThere(shell))("keeps what is printed until nobody can print, and does not wait for it", async () => {
    const { ends, home } = freshHome();
    const gate = `${ends}/gate`;
    const script = `(until [ -e ${gate} ]; do sleep 0.01; done; echo late) & echo early; exit 3`;
    await led(shell, { ends, home, command: ["/bin/sh", "-c", script] });
    expect(existsSync(`${home}/out`)).toBe(!shell.keepsTextInPipe);
    expect(readdirSync(ends)).toContain("p-1.3");
    expect(existsSync(`${home}/begun`)).toBe(true);
    expect(existsSync(`${home}/complete`)).toBe(false);
    writeFileSync(gate, "");
    await until(() => existsSync(`${home}/complete`) || undefined);
    expect(readFileSync(`${home}/log`, "utf8")).toBe("early\nlate\n");
  });
});

it.skipIf(!isThere(BASH))("makes a pipe with a name where the shell has none, and lets nobody else in", async () => {
  const { ends, home } = freshHome();
  await led(BASH, { ends, home, command: ["/bin/true"] });
  const out = statSync(`${home}/out`);
  expect(out.isFIFO()).toBe(true);
  expect(out.mode & 0o777).toBe(0o600);
});

function freshHome(): { ends: string; home: string } {
  const ends = freshDirectory();
  const home = `${ends}/home`;
  mkdirSync(home);
  writeFileSync(`${home}/rotation`, "65536 3\n");
  return { ends, home };
}

/** Resolves when the leader has ended; others may live on. */
async function led(shell: Shell, asked: Pick<Leader, "ends" | "home" | "command">): Promise<void> {
  const [, ...told] = leaderCommand({ ...asked, id: "p-1", memoryEntrance: undefined, limits: {} });
  const leader = spawn(shell.program, [...shell.words, ...told], { stdio: "ignore" });
  onTestFinished(() => void leader.kill("SIGKILL"));
  await once(leader, "exit");
}

function isThere({ program, words }: Shell): boolean {
  return spawnSync(program, [...words, "-c", "true"]).status === 0;
}
