import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../ports.ts";
import { runCommand } from "./command.ts";

const never = new AbortController().signal;

function run(script: string, timeoutMs = 10_000, signal = never) {
  return runCommand({ command: ["sh", "-c", script], timeoutMs }, systemClock, signal);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "muster-command-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Resolves when nothing runs any more under that pid. */
function ended(pid: string): Promise<void> {
  return vi.waitFor(() => expect(existsSync(`/proc/${pid}/cwd`)).toBe(false), 10_000);
}

describe("a command", () => {
  it("ends well, or tells on one line why it does not", async () => {
    expect(await run("exit 0")).toEqual({ kind: "well" });
    expect(await run("printf 'no\\n\\033[1mluck' >&2; exit 3")).toEqual({
      kind: "failed",
      reason: "it ended with 3: no [1mluck",
    });
    expect(await run("kill -9 $$")).toEqual({ kind: "failed", reason: "it ended with SIGKILL" });
    const talks = await run("yes x | head -c 100000 >&2; exit 1");
    expect(talks.kind === "failed" && talks.reason.length).toBeLessThan(400);
  });

  it("that is not there is said not to be", async () => {
    const missing = runCommand({ command: ["/no/such/program"], timeoutMs: 1_000 }, systemClock, never);
    expect(await missing).toEqual({ kind: "failed", reason: "there is no such program" });
  });

  it("is no shell's: its words are what they are", async () => {
    const words = runCommand(
      { command: ["test", "$HOME;false", "=", "$HOME;false"], timeoutMs: 10_000 },
      systemClock,
      never,
    );
    expect(await words).toEqual({ kind: "well" });
  });

  it("is ended with all it has started when its time is over, or nobody waits for it", async () => {
    const dir = folder();
    const hangs = `sleep 600 & echo $! > ${dir}/child; echo $$ > ${dir}/pid; sleep 600`;
    const written = () => vi.waitFor(() => expect(readFileSync(`${dir}/pid`, "utf8")).not.toBe(""), 10_000);
    const late = run(hangs, 500);
    expect(await late).toEqual({ kind: "late" });
    for (const name of ["child", "pid"]) await ended(readFileSync(`${dir}/${name}`, "utf8").trim());
    rmSync(`${dir}/pid`);
    const over = new AbortController();
    const aborted = run(hangs, 600_000, over.signal);
    await written();
    over.abort();
    expect(await aborted).toMatchObject({ kind: "failed" });
    await ended(readFileSync(`${dir}/pid`, "utf8").trim());
  });

  it("has ended when it has, whatever it leaves running", async () => {
    const dir = folder();
    expect(await run(`sleep 600 & echo $! > ${dir}/child`)).toEqual({ kind: "well" });
    const pid = Number(readFileSync(`${dir}/child`, "utf8"));
    expect(process.kill(pid, 0)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  it("does not see what Muster's own environment holds", async () => {
    vi.stubEnv("SECRET_TOKEN", "hush");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await run('[ -z "$SECRET_TOKEN" ] && [ -n "$PATH" ]')).toEqual({ kind: "well" });
  });
});
