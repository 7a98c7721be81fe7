/** What cannot be started is refused with the reason, and leaves nothing behind. */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { processType } from "./index.ts";
import { groupsIn, memoryLimits } from "./memory.ts";
import type { ProcessProperties } from "./properties.ts";
import {
  ctx,
  endAll,
  failureOf,
  freshDirectory,
  freshProvider,
  hasEnded,
  io,
  leaderOf,
  listed,
  pidRunning,
  printed,
  seenAs,
  textAt,
  until,
} from "./test/room.ts";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });
const isRoot = process.getuid?.() === 0;

function plainFile(mode: number): string {
  const path = `${freshDirectory()}/plain`;
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, mode);
  return path;
}

describe("a create is refused where", () => {
  it.each<[string, () => ProcessProperties, string, RegExp]>([
    [
      "there is no such program",
      () => ({ command: "no-such-program" }),
      "retryable",
      /no program `no-such-program` on the PATH \S+/,
    ],
    ["there is no such file", () => ({ command: "./x", cwd: "/tmp" }), "retryable", /there is no file \/tmp\/x/],
    ["the file is not executable", () => ({ command: plainFile(0o644) }), "retryable", /plain is not executable/],
    ["it is a directory", () => ({ command: "/tmp" }), "retryable", /there is no file \/tmp/],
    ["a part of the way is a file", () => ({ command: "/etc/passwd/x" }), "retryable", /there is no file/],
    [
      "its directory is none",
      () => ({ command: "sleep", cwd: "/etc/passwd" }),
      "retryable",
      /\/etc\/passwd is not a directory/,
    ],
    [
      "there is no such user",
      () => ({ command: "sleep", user: "nobody-of-that-name" }),
      "invalid",
      /no user `nobody-of-that-name`/,
    ],
    [
      "a secret is not there",
      () => ({ command: "sleep", env: { A: { secret: { env: "NOT_THERE" } } } }),
      "retryable",
      /NOT_THERE/,
    ],
    [
      "its arguments are too long",
      () => ({ command: "sleep", args: ["x".repeat(200_000)] }),
      "invalid",
      /cannot be started.*E2BIG/,
    ],
  ])("%s", async (_, want, kind, message) => {
    const { dir, provider } = await freshProvider();
    const failure = await failureOf(provider.create(want(), {}, ctx));
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
    expect(readdirSync(dir)).toEqual(["ends"]);
    expect(await listed(provider)).toEqual([]);
  });

  it("somebody listens on its port", async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const { provider } = await freshProvider();
    const failure = await failureOf(provider.create({ command: "sleep", port }, {}, ctx));
    expect(failure).toMatchObject({ kind: "retryable", message: `port: somebody listens on ${port} already` });
    expect(processType.exclusive?.({ command: "sleep", port })).toEqual([`tcp:${port}`]);
  });

  it("its tags are longer than an environment can bear", async () => {
    const { provider } = await freshProvider();
    const failure = await failureOf(provider.create({ command: "sleep" }, { long: "x".repeat(70_000) }, ctx));
    expect(failure.kind).toBe("invalid");
  });
});

it("shows why one that ends at once has ended", async () => {
  const { provider } = await freshProvider();
  const script = `${freshDirectory()}/script`;
  writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
  const { id } = await provider.create({ command: script }, {}, ctx);
  const { reason } = await seenAs(provider, id, hasEnded);
  expect(reason).toMatch(/^exited with code 12[67]; last line of its log: .*script: not found/);
});

it("keeps secrets out of the disk, the list and every error", async () => {
  const file = `${freshDirectory()}/secret`;
  writeFileSync(file, "s3cret-value\n");
  const { dir, provider } = await freshProvider();
  const env = { TOKEN: { secret: { file } }, FILE: file };
  const { id } = await provider.create(
    { ...shell('test "$TOKEN" = "$(cat "$FILE")" && exec sleep 1000'), env },
    {},
    ctx,
  );
  await until(() => pidRunning(id, "sleep 1000"));
  const all = JSON.stringify(await listed(provider));
  expect(all).toContain(file);
  expect(all).not.toContain("s3cret");
  expect(textAt(`/proc/${leaderOf(id)}/cmdline`)).not.toContain("s3cret");
  const texts = readdirSync(`${dir}/${id}`)
    .filter((name) => name !== "out")
    .map((name) => readFileSync(`${dir}/${id}/${name}`, "utf8"));
  expect(texts.join("")).toContain(file);
  expect(texts.join("")).not.toContain("s3cret");
  writeFileSync(file, "s3cret\0value");
  const failure = await failureOf(provider.create({ command: "sleep", env }, {}, ctx));
  expect(failure.message).toContain("env.TOKEN contains a zero byte");
  expect(failure.message).not.toContain("s3cret");
});

it("sweeps the directory of a create that never came to be, when it is old", async () => {
  const { dir, provider } = await freshProvider();
  mkdirSync(`${dir}/p-000000000000`);
  expect(await listed(provider)).toEqual([]);
  expect(existsSync(`${dir}/p-000000000000`)).toBe(true);
  const later = await processType.open({ dir }, { ...io, now: () => Date.now() + 61_000 });
  expect(await listed(later)).toEqual([]);
  expect(existsSync(`${dir}/p-000000000000`)).toBe(false);
});

it("fails to look where the disk has been taken away, and makes nothing when it only looks", async () => {
  const above = freshDirectory();
  const provider = await processType.openToLook?.({ dir: `${above}/none` }, io);
  if (provider === undefined) throw new Error("it cannot be opened to look");
  expect(await listed(provider)).toEqual([]);
  expect(readdirSync(above)).toEqual([]);
  const { provider: real } = await freshProvider(`${above}/disk/processes`);
  rmSync(`${above}/disk`, { recursive: true });
  expect((await failureOf(listed(real))).kind).toBe("retryable");
  mkdirSync(`${above}/disk`);
  expect(await listed(real)).toEqual([]);
});

it("shows one whose spec was spoilt, and can destroy it", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, { kind: "web" }, ctx);
  writeFileSync(`${dir}/${id}/spec.json`, "{");
  utimesSync(`${dir}/${id}/spec.json`, 1, 1);
  expect(await listed(provider, { kind: "web" })).toMatchObject([{ id, reason: expect.stringContaining("spec.json") }]);
  await provider.destroy(id, ctx);
  expect(await listed(provider)).toEqual([]);
});

it.skipIf(!isRoot)("says that there is no room, and leaves nothing half-made on a full disk", async () => {
  const mount = freshDirectory();
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mount]).status).toBe(0);
  onTestFinished(() => void spawnSync("umount", ["-l", mount]));
  const { provider } = await freshProvider(`${mount}/processes`);
  const { id } = await provider.create(shell("while :; do echo line; sleep 0.01; done"), {}, ctx);
  await until(() => textAt(`${mount}/processes/${id}/log`) || undefined);
  const fill = spawnSync("dd", ["if=/dev/zero", `of=${mount}/ballast`, "bs=4096"]);
  expect(fill.status).not.toBe(0);
  const names = () => readdirSync(`${mount}/processes`).sort();
  expect((await failureOf(provider.create(shell("true"), {}, ctx))).kind).toBe("no-space");
  expect(names()).toEqual(["ends", id]);
  // It goes on, and its log does when there is room again; its end is told without any.
  const had = textAt(`${mount}/processes/${id}/log`).length;
  process.kill((await until(() => pidRunning(id, "/bin/sh -c while"))) ?? 0, 0);
  rmSync(`${mount}/ballast`);
  await until(() => textAt(`${mount}/processes/${id}/log`).length > had || undefined);
  spawnSync("dd", ["if=/dev/zero", `of=${mount}/ballast`, "bs=4096"]);
  process.kill((await until(() => pidRunning(id, "/bin/sh -c while"))) ?? 0, "SIGKILL");
  expect(await seenAs(provider, id, hasEnded)).toMatchObject({ reason: expect.stringMatching(/^killed by SIGKILL/) });
  await endAll(provider);
});

describe("limits", () => {
  it("hold for open files and for core files", async () => {
    const { provider } = await freshProvider();
    const limits = { files: 50, core: 1024 };
    const { id } = await provider.create({ ...shell("ulimit -n; ulimit -c"), limits }, {}, ctx);
    await seenAs(provider, id, (each) => hasEnded(each) && each?.reason?.endsWith("2") === true);
    expect(await printed(provider, id)).toBe("50\n2\n");
  });

  it("of memory are refused where no control group can be made", () => {
    const none = memoryLimits(() => "tmpfs /tmp tmpfs rw 0 0");
    expect(() => none.assertPossible()).toThrow("this machine has no control groups");
    const first = "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0";
    const second = "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0";
    expect(groupsIn(`${second}\n${first}`)).toEqual({ root: "/sys/fs/cgroup/memory", version: 1 });
    expect(groupsIn(second)).toEqual({ root: "/sys/fs/cgroup", version: 2 });
  });

  const lacks = lackOfMemoryLimits();
  it.skipIf(lacks !== undefined)(
    `of memory kill, and that is told${lacks === undefined ? "" : ` (left out: ${lacks})`}`,
    async () => {
      const { provider } = await freshProvider();
      const hungry = `import time\nb = bytearray(64 << 20)\nfor at in range(0, len(b), 4096): b[at] = 1\ntime.sleep(1000)`;
      const limits = { memory: 16 * 2 ** 20 };
      const { id } = await provider.create({ command: "/usr/bin/python3", args: ["-c", hungry], limits }, {}, ctx);
      const entrance = memoryLimits().entrance(id) ?? "";
      expect(existsSync(entrance)).toBe(true);
      const { reason } = await seenAs(provider, id, hasEnded);
      expect(reason).toMatch(/^killed by SIGKILL: it had used up its 16 MiB of memory/);
      await provider.destroy(id, ctx);
      expect(existsSync(entrance)).toBe(false);
    },
  );
});

function lackOfMemoryLimits(): string | undefined {
  try {
    memoryLimits().assertPossible();
    return existsSync("/usr/bin/python3") ? undefined : "there is no /usr/bin/python3";
  } catch (thrown) {
    return String(thrown);
  }
}

describe.skipIf(!isRoot)("another user (needs root)", () => {
  it("runs it, with its groups and its home, while the leader stays root's", async () => {
    const { provider } = await freshProvider();
    const { id } = await provider.create(
      { ...shell("id -u; id -G; echo $USER $HOME; exec sleep 1000"), user: "daemon" },
      {},
      ctx,
    );
    const expected = spawnSync("id", ["-G", "daemon"], { encoding: "utf8" }).stdout;
    const text = await until(async () => {
      const found = await printed(provider, id);
      return found.split("\n").length > 3 ? found : undefined;
    });
    expect(text).toBe(`1\n${expected}daemon /usr/sbin\n`);
    expect(textAt(`/proc/${leaderOf(id)}/status`)).toMatch(/^Uid:\t0\t0\t/m);
  });

  it("may not be given what would act on root's programs", async () => {
    const { provider } = await freshProvider();
    const want = { command: "sleep", user: "daemon", env: { LD_PRELOAD: "/tmp/x.so" } };
    expect((await failureOf(provider.create(want, {}, ctx))).kind).toBe("invalid");
  });

  it("is nobody's member by bearing a mark of its own making", async () => {
    const { dir, provider } = await freshProvider();
    const mark = JSON.stringify({ v: 1, id: "p-00000000000f", dir, tags: { kind: "web" } });
    const words = ["--reuid=1", "--regid=1", "--clear-groups", "--", "/bin/sleep", "1000"];
    const stranger = spawn("/usr/bin/setpriv", words, {
      detached: true,
      stdio: "ignore",
      env: { MUSTER_PROCESS: mark },
    });
    onTestFinished(() => void stranger.kill("SIGKILL"));
    await until(() => (/^Uid:\t1\t/m.test(textAt(`/proc/${stranger.pid}/status`)) ? true : undefined));
    expect(await listed(provider)).toEqual([]);
  });

  it("is not given by a Muster that is not root", async () => {
    const script = `const { processType } = await import("${import.meta.dirname}/index.ts");
      const io = { now: Date.now, randomBytes: () => new Uint8Array(6) };
      const provider = await processType.open({ dir: process.env.DIR }, io);
      await provider.create({ command: "sleep", user: "root" }, {}, {}).catch((failure) => console.log(failure.kind));`;
    const dir = freshDirectory();
    chmodSync(dir, 0o777);
    const words = [
      "--reuid=1",
      "--regid=1",
      "--clear-groups",
      "--",
      process.execPath,
      "--input-type=module",
      "-e",
      script,
    ];
    const { stdout, stderr } = spawnSync("/usr/bin/setpriv", words, { encoding: "utf8", env: { DIR: `${dir}/x` } });
    expect(stdout.trim(), stderr).toBe("denied");
  });
});
