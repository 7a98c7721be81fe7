import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type CommandProbe, probeCommand } from "./command.ts";

const NEVER = new AbortController().signal;
const PATIENT = 20_000;

function probe(command: CommandProbe["command"], more: Partial<CommandProbe> = {}) {
  return probeCommand({ command, env: { PATH: process.env["PATH"] ?? "" }, timeoutMs: PATIENT, ...more }, NEVER);
}

const shell = (script: string, more?: Partial<CommandProbe>) => probe(["sh", "-c", script], more);

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "muster-checks-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

/** True as long as there is a process of that number which has not ended. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !stat.includes(") Z ");
}

describe("a command as a probe", () => {
  it("passes when it exits with 0; else its last line is the reason", async () => {
    expect(await shell("echo fine")).toEqual({ kind: "pass" });
    const reason = "sh exited with 3: the queue is full";
    expect(await shell("echo begun; echo 'the queue is full' >&2; echo; exit 3")).toEqual({ kind: "fail", reason });
    expect(await shell("exit 4")).toEqual({ kind: "fail", reason: "sh exited with 4" });
    expect(await shell("kill -9 $$")).toEqual({ kind: "fail", reason: "sh was ended by SIGKILL" });
  });

  it("is run without a shell, with the environment it is given and no other, and reads nothing", async () => {
    expect(await probe(["test", "$HOME", "=", "$HOME; false"])).toMatchObject({ kind: "fail" });
    const env = { PATH: process.env["PATH"] ?? "", GREETING: "hi" };
    expect(await shell(`test "$GREETING" = hi && test -z "$HOME" && ! read line`, { env })).toEqual({ kind: "pass" });
    expect(await shell(`test "$PWD" = /`, { cwd: "/" })).toEqual({ kind: "pass" });
  });

  it("cannot tell when it cannot be run", async () => {
    const file = join(await folder(), "script");
    await writeFile(file, "exit 0", { mode: 0o600 });
    expect(await probe(["no-such-program"])).toEqual({
      kind: "unknown",
      reason: "there is no program no-such-program",
    });
    expect(await probe([file])).toEqual({ kind: "unknown", reason: `${file} may not be executed` });
    expect(await probe(["true"], { cwd: "/no/such" })).toMatchObject({ kind: "unknown" });
    expect(await probe(["a\0b"])).toMatchObject({ kind: "unknown" });
    expect(await probe(["echo", "x".repeat(4_000_000)])).toMatchObject({ kind: "unknown" });
  });

  it("fails when its time is over, and nobody of its group is left", async () => {
    const pids = join(await folder(), "pids");
    const script = `sleep 300 & echo $! $$ > ${pids}; echo waiting; wait`;
    // However slow the machine is, the command gets so far before it is killed.
    const timeoutMs = 2_000;
    expect(await shell(script, { timeoutMs })).toEqual({
      kind: "fail",
      reason: "sh did not end within 2s: waiting",
    });
    for (const pid of (await readFile(pids, "utf8")).split(" ")) {
      await vi.waitFor(async () => expect(await isAlive(Number(pid))).toBe(false), PATIENT);
    }
  });

  it("does not wait for a child that holds the pipe open, and leaves none behind", async () => {
    const file = join(await folder(), "pid");
    const reason = "sh exited with 1: no";
    expect(await shell(`sleep 300 & echo $! > ${file}; echo no; exit 1`)).toEqual({ kind: "fail", reason });
    const pid = Number(await readFile(file, "utf8"));
    await vi.waitFor(async () => expect(await isAlive(pid)).toBe(false), PATIENT);
  });

  it("does not even wait for a child that has left the group", async () => {
    const file = join(await folder(), "pid");
    const leaving = `setsid sh -c 'echo $$ > ${file}; exec sleep 300' & while [ ! -s ${file} ]; do :; done; exit 1`;
    expect(await shell(leaving)).toEqual({ kind: "fail", reason: "sh exited with 1" });
    const pid = Number(await readFile(file, "utf8"));
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    expect(await isAlive(pid)).toBe(true);
  });

  it("is ended when nobody waits for it any more", async () => {
    const file = join(await folder(), "pid");
    const over = new AbortController();
    const asked = probeCommand(
      { command: ["sh", "-c", `echo $$ > ${file}; exec sleep 300`], timeoutMs: PATIENT },
      over.signal,
    );
    await vi.waitFor(async () => expect(await readFile(file, "utf8")).toMatch(/^\d+\n$/), PATIENT);
    over.abort();
    expect(await asked).toEqual({ kind: "unknown", reason: "nobody waited for the end of sh" });
    const pid = Number(await readFile(file, "utf8"));
    await vi.waitFor(async () => expect(await isAlive(pid)).toBe(false), PATIENT);
    const late = join(await folder(), "late");
    expect(await probeCommand({ command: ["touch", late], timeoutMs: PATIENT }, over.signal)).toMatchObject({
      kind: "unknown",
    });
    expect(existsSync(late)).toBe(false);
  });

  it("is ended when it prints without an end", async () => {
    expect(await probe(["yes", "again"])).toMatchObject({
      kind: "fail",
      reason: expect.stringMatching(/^yes printed more than 1 MiB/),
    });
  });
});

describe("the reason", () => {
  it("has no control characters in it, whatever was printed, and 300 characters at most", async () => {
    expect(await shell(String.raw`printf '\033[31mred\007\000\377'; exit 1`)).toEqual({
      kind: "fail",
      reason: "sh exited with 1: \\u{1b}[31mred\\u{7}\\u{0}\u{fffd}",
    });
    const long = await shell("printf '%0400d' 7; exit 1");
    expect(long).toMatchObject({ reason: expect.stringMatching(/^sh exited with 1: 0+…$/) });
    expect(long).toHaveProperty("reason.length", 300);
    expect(await shell("head -c 900000 /dev/urandom; exit 1")).toMatchObject({
      reason: expect.not.stringMatching(/[\p{Cc}\p{Cs}]/u),
    });
  });

  it("tells no line of which the beginning was lost", async () => {
    expect(await shell("head -c 5000 /dev/zero | tr '\\0' x; exit 1")).toEqual({
      kind: "fail",
      reason: "sh exited with 1",
    });
  });

  it("shows nothing that is to be hidden", async () => {
    const hidden = ["s3cret", "s3cret-and-more", "-----BEGIN KEY-----\nMIIB\n"];
    const reasonOf = (text: string) => shell(`echo '${text}'; exit 1`, { hidden });
    expect(await reasonOf("key s3cret-and-more is bad, s3cret too")).toMatchObject({
      reason: "sh exited with 1: key *** is bad, *** too",
    });
    expect(await reasonOf("-----BEGIN KEY-----\nMIIB")).toMatchObject({ reason: "sh exited with 1: ***" });
  });
});
