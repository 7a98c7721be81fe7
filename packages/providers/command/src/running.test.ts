import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { commands, ctx, declared, freshDirectory, isAlive, shell } from "./test/room.ts";

const isRoot = process.getuid?.() === 0;
const PATIENT = { timeout: 20_000 };

describe("a command that is run", () => {
  it("has no shell, its own directory and environment, and reads nothing", async () => {
    const dir = freshDirectory();
    const tasks = await commands({ SECRET_OF_MUSTER: "x", LANG: "C.UTF-8" });
    await tasks.run(declared({ command: ["touch", "$HOME; a b"], cwd: dir }), ctx);
    expect(existsSync(join(dir, "$HOME; a b"))).toBe(true);
    const script = 'pwd; echo "$A|$LANG|$SECRET_OF_MUSTER"; read line || echo nothing';
    await tasks.run(shell(`{ ${script}; } > out`, { cwd: dir, env: { A: "b c" } }), ctx);
    expect(readFileSync(join(dir, "out"), "utf8")).toBe(`${dir}\nb c|C.UTF-8|\nnothing\n`);
  });

  it("runs in / unless told, and is found from `cwd` on", async () => {
    const dir = freshDirectory();
    const tasks = await commands();
    await tasks.run(shell(`pwd > ${dir}/out`), ctx);
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("/\n");
    writeFileSync(join(dir, "tool"), `#!/bin/sh\necho tool > ${dir}/out\n`, { mode: 0o755 });
    await tasks.run(declared({ command: ["./tool"], cwd: dir }), ctx);
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("tool\n");
  });

  it("may print as much as it likes", async () => {
    await (await commands()).run(shell("head -c 3000000 /dev/zero | tr '\\0' x"), ctx);
  });

  it("has done its work with the codes that say so", async () => {
    const tasks = await commands();
    await tasks.run(shell("exit 3", { returns: [0, 3] }), ctx);
    await expect(tasks.run(shell("exit 0", { returns: [3] }), ctx)).rejects.toThrow("sh exited with 0");
  });

  it("must have created what it creates", async () => {
    const dir = freshDirectory();
    const tasks = await commands();
    const creates = join(dir, "a");
    await expect(tasks.run(declared({ creates }), ctx)).rejects.toMatchObject({
      kind: "retryable",
      message: `true has done its work, and still nothing is at ${creates}`,
    });
    await tasks.run(declared({ command: ["touch", creates], creates }), ctx);
    expect(await tasks.due(declared({ creates }), ctx)).toBeUndefined();
  });

  it("runs as another user with that user's groups and home", async ({ skip }) => {
    if (!isRoot) skip("only root can run a command as somebody else");
    const dir = freshDirectory();
    const tasks = await commands({ HOME: "/root" });
    const want = shell("id -un > out && id -Gn >> out && echo $HOME $USER >> out", { user: "daemon", cwd: dir });
    await expect(tasks.run(want, ctx)).rejects.toThrow(/permission denied/i);
    chmodSync(dir, 0o777);
    await tasks.run(want, ctx);
    const [name, groups, surroundings] = readFileSync(join(dir, "out"), "utf8").split("\n");
    expect([name, groups]).toEqual(["daemon", "daemon"]);
    expect(surroundings).toMatch(/^\/\S+ daemon$/);
  });
});

describe("a command that fails", () => {
  it("tells its code and the last lines of what it printed, and no more", async () => {
    const tasks = await commands();
    await expect(tasks.run(shell("echo one; echo two >&2; echo; echo three; exit 4"), ctx)).rejects.toMatchObject({
      kind: "retryable",
      message: "sh exited with 4: one | two | three",
    });
    await expect(tasks.run(shell("seq 1 100; exit 1"), ctx)).rejects.toThrow(/: 96 \| 97 \| 98 \| 99 \| 100$/);
    const long = "for i in 1 2 3 4 5; do printf '%0500d\\n' $i; done; exit 1";
    const thrown = await tasks.run(shell(long), ctx).catch((error: Error) => error.message);
    expect(String(thrown).length).toBeLessThan(900);
    await expect(tasks.run(shell("printf '\\033[2Jred\\n'; exit 1"), ctx)).rejects.toThrow("\\u{1b}[2Jred");
    await expect(tasks.run(shell("kill -TERM $$"), ctx)).rejects.toThrow("sh was ended by SIGTERM");
  });

  it("never shows a secret that it was given", async () => {
    const dir = freshDirectory();
    writeFileSync(join(dir, "key"), "k3y\n");
    const tasks = await commands({ TOKEN: "t0ken" });
    const env = { TOKEN: { secret: { env: "TOKEN" } }, KEY: { secret: { file: join(dir, "key") } } };
    const want = shell('echo "with $TOKEN and $KEY"; exit 1', { env });
    await expect(tasks.run(want, ctx)).rejects.toMatchObject({ message: "sh exited with 1: with *** and ***" });
    const unknown = shell("true", { env: { A: { secret: { env: "NO_SUCH" } } } });
    await expect(tasks.run(unknown, ctx)).rejects.toMatchObject({ kind: "retryable" });
  });

  it("is told from one that could not be run", async () => {
    const tasks = await commands();
    await expect(tasks.run(declared({ command: ["no-such-program"] }), ctx)).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("there is no program `no-such-program`"),
    });
    const want = declared({ user: "nobody-of-that-name" });
    await tasks.validate?.(want);
    await expect(tasks.run(want, ctx)).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("user: there is no user `nobody-of-that-name`"),
    });
  });

  it("can never be run where another user's environment would act on root's programs", async ({ skip }) => {
    if (!isRoot) skip("only root can run a command as somebody else");
    const tasks = await commands();
    const want = declared({ user: "daemon", env: { LD_PRELOAD: "/tmp/x.so" } });
    await expect(tasks.validate?.(want)).rejects.toMatchObject({ kind: "invalid" });
    await expect(tasks.run(want, ctx)).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("a command whose time is over", () => {
  it("is asked to end, and then nobody of it is left", async () => {
    const pids = join(freshDirectory(), "pids");
    const tasks = await commands();
    const kindly = `trap 'echo tidied; exit 0' TERM; sleep 300 & echo $! $$ > ${pids}; echo begun; wait`;
    await expect(tasks.run(shell(kindly, { timeout: "1s" }), ctx)).rejects.toMatchObject({
      kind: "unknown",
      message: "sh did not end within 1s: begun | tidied",
    });
    for (const pid of readFileSync(pids, "utf8").trim().split(" ")) {
      await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), PATIENT);
    }
  });

  it("is killed where it does not heed that", async () => {
    const pids = join(freshDirectory(), "pids");
    const tasks = await commands();
    const stubborn = `trap '' TERM; echo $$ > ${pids}; while :; do sleep 300; done`;
    await expect(tasks.run(shell(stubborn, { timeout: "1s" }), ctx)).rejects.toThrow("did not end within 1s");
    await vi.waitFor(() => expect(isAlive(Number(readFileSync(pids, "utf8")))).toBe(false), PATIENT);
  });

  it("is ended when nobody waits for it any more", async () => {
    const pids = join(freshDirectory(), "pids");
    const tasks = await commands();
    const over = new AbortController();
    const running = tasks.run(shell(`echo $$ > ${pids}; exec sleep 300`), { signal: over.signal });
    const outcome = expect(running).rejects.toMatchObject({ kind: "unknown" });
    await vi.waitFor(() => expect(readFileSync(pids, "utf8")).toMatch(/^\d+\n$/), PATIENT);
    over.abort();
    await outcome;
    await vi.waitFor(() => expect(isAlive(Number(readFileSync(pids, "utf8")))).toBe(false), PATIENT);
  });

  it("may have left somebody who went a way of its own", async () => {
    const file = join(freshDirectory(), "pid");
    const script = `setsid sh -c 'echo $$ > ${file}; exec sleep 300' & while [ ! -s ${file} ]; do :; done`;
    await (await commands()).run(shell(script), ctx);
    const pid = Number(readFileSync(file, "utf8"));
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    expect(isAlive(pid)).toBe(true);
  });
});
