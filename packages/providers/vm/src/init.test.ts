/** The init, as process 1 of Debian's kernel on a real machine of QEMU's. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildInit, LINUX_MODULES } from "./guests.ts";
import { debianKernel } from "./test/debian-kernel.ts";
import { newc } from "./test/newc.ts";
import {
  bootLinux,
  exchange,
  freshFolder,
  hasCompiler,
  hasQemu,
  type Linux,
  listenToQmp,
  type Machine,
  until,
} from "./test/qemu.ts";

const kernel = hasQemu && hasCompiler ? await debianKernel() : { lacking: "there is no QEMU or no gcc" };
if ("lacking" in kernel)
  process.stdout.write(`Debian's kernel is not to be had (${kernel.lacking}): no Linux is booted\n`);

const SERVER = fileURLToPath(new URL("./test/guest-server.c", import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/muster-init-`);

interface Run {
  readonly user?: string;
  readonly env?: readonly string[];
  readonly command?: readonly string[];
  /** Instead of all of these. */
  readonly file?: string;
  readonly modules?: readonly string[];
}

/** /etc/muster/run, as the README of the init says. */
function runFile({
  user = "1000",
  env = ["A=of the image", "B=of the image"],
  command = ["/bin/server", "one", ""],
}: Run) {
  return [user, user, ...env, "", ...command].map((entry) => `${entry}\0`).join("");
}

describe.skipIf("lacking" in kernel)("a small Linux", () => {
  const { vmlinuz, modules: tree } = "lacking" in kernel ? { vmlinuz: "", modules: "" } : kernel;

  beforeAll(async () => {
    await buildInit(folder);
    execFileSync("gcc", ["-Os", "-static", "-s", "-o", `${folder}/server`, SERVER]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function initrd(run: Run): string {
    const modules = run.modules ?? LINUX_MODULES;
    const path = `${freshFolder()}/initrd`;
    const program = (name: string) => ({ mode: 0o100755, bytes: readFileSync(`${folder}/${name}`) });
    const text = (words: string) => ({ mode: 0o100644, bytes: Buffer.from(words) });
    const dirs = ["bin", "etc", "etc/muster", "modules"].map((dir) => ({ path: dir, mode: 0o040755 }));
    const inside = (module: string) => `modules/${module.slice(module.lastIndexOf("/") + 1)}`;
    writeFileSync(
      path,
      newc([
        ...dirs,
        { path: "init", ...program("init") },
        { path: "bin/server", ...program("server") },
        { path: "etc/muster/run", ...text(run.file ?? runFile(run)) },
        { path: "etc/muster/modules", ...text(modules.map((each) => `/${inside(each)}\n`).join("")) },
        ...LINUX_MODULES.map((each) => ({
          path: inside(each),
          mode: 0o100644,
          bytes: readFileSync(`${tree}/${each}`),
        })),
      ]),
    );
    return path;
  }

  async function booted(run: Run = {}, more: Partial<Linux> = {}): Promise<Machine> {
    return await bootLinux({ kernel: vmlinuz, initrd: initrd(run), ...more });
  }

  it("gives its program a network, an environment, and as few rights as it can", { timeout: 60_000 }, async () => {
    const env = `${freshFolder()}/env`;
    writeFileSync(env, "B=of the machine\0C=a=b\nc\0");
    // One is there already when it is named again, and of two names the last counts.
    const modules = [...LINUX_MODULES, LINUX_MODULES[0]];
    const machine = await booted({ modules }, { env, words: "name=early" });
    await machine.event("ready");
    const read = async (path: string) => (await machine.get(`/read${path}`)).body;
    const tried = async (path: string) => (await machine.get(`/write${path}`)).body;

    const status = await read("/proc/self/status");
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^Gid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^Groups:\t *$/m);
    for (const set of ["Inh", "Prm", "Eff", "Bnd", "Amb"]) expect(status).toMatch(new RegExp(`^Cap${set}:\t0+$`, "m"));
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);

    expect((await read("/proc/self/environ")).split("\0").toSorted()).toEqual([
      "",
      "A=of the image",
      "B=of the machine",
      "C=a=b\nc",
    ]);
    expect(await read("/proc/self/cmdline")).toBe("/bin/server\0one\0\0");
    expect(await read("/proc/sys/kernel/hostname")).toBe("lin1\n");
    expect(await read("/proc/self/fd/0")).toBe("");
    expect(await read("/proc/net/route")).toMatch(/^\w+\t00000000\t0202000A\t/m);
    expect(await read("/proc/net/fib_trie")).toContain("127.0.0.1");

    expect(await tried("/new")).toBe("Read-only file system");
    expect(await tried("/bin/server")).toBe("Read-only file system");
    expect(await tried("/dev/new")).toBe("Permission denied");
    expect(await tried("/tmp/new")).toBe("written");
    expect(await tried("/run/new")).toBe("written");
    const mounts = await read("/proc/self/mounts");
    expect(mounts).toMatch(/^\S+ \/ \S+ ro\b/m);
    expect(mounts).toMatch(/^tmpfs \/tmp tmpfs rw,nosuid,nodev,noexec,\S*size=\d+k,nr_inodes=\d+/m);
    expect(mounts).toMatch(/^tmpfs \/run tmpfs rw,nosuid,nodev,noexec,\S*size=\d+k,\S*uid=1000,gid=1000/m);

    const orphan = (await machine.get("/orphan")).body;
    expect(orphan).toMatch(/^\d+$/);
    await until(
      async () => ((await machine.get(`/read/proc/${orphan}/status`)).status === 404 ? true : undefined),
      () => `process ${orphan} was not buried`,
    );

    await exchange(machine.port, "GET /exit/42 HTTP/1.1\r\n\r\n");
    expect(await machine.end()).toBe(2 * 42 + 1);
    expect(machine.events().at(-1)).toEqual({ muster: "end", exit: 42 });
    // What the program prints goes out as it is.
    expect(machine.console()).toContain('{"event":"ready"}\n');
  });

  it.each([
    ["/signal/11", { muster: "end", signal: "SIGSEGV" }, 127],
    ["/exit/200", { muster: "end", exit: 200 }, 127],
  ])("tells how its program ended after %s", { timeout: 60_000 }, async (path, told, code) => {
    const machine = await booted();
    await machine.event("ready");
    await exchange(machine.port, `GET ${path} HTTP/1.1\r\n\r\n`);
    expect(await machine.end()).toBe(2 * code + 1);
    expect(machine.events().at(-1)).toEqual(told);
  });

  it.each<readonly [string, Run, string]>([
    ["a program that is not there", { command: ["/bin/no"] }, "cannot run: /bin/no: No such file or directory"],
    [
      "a file that is cut off",
      { file: ["1", "2", "", "/bin/server"].join("\0") },
      "does not end with a zero byte: /etc/muster/run",
    ],
    ["no network card", { modules: [] }, "there is no network card for: 10.0.2.15"],
  ])("says so where it cannot do its work: %s", { timeout: 60_000 }, async (_, run, what) => {
    const machine = await booted(run);
    expect(await machine.end()).toBe(2 * 120 + 1);
    expect(machine.events()).toEqual([{ muster: "error", what }]);
  });

  it("switches the machine off where it was told no port", { timeout: 60_000 }, async () => {
    const machine = await booted({ command: ["server"], env: ["PATH=/sbin:/bin"] }, { exitPort: false });
    await machine.event("ready");
    await exchange(machine.port, "GET /exit/3 HTTP/1.1\r\n\r\n");
    expect(await machine.end()).toBe(0);
    expect(machine.events().at(-1)).toEqual({ muster: "end", exit: 3 });
  });

  it.each(["pvpanic", "pvpanic-pci"])(
    "brings a panic of the kernel to %s",
    { timeout: 60_000 },
    async (panicDevice) => {
      const machine = await booted({ user: "0" }, { panicDevice });
      await machine.event("ready");
      const event = await listenToQmp(machine.qmp);
      await exchange(machine.port, "GET /write/proc/sysrq-trigger HTTP/1.1\r\n\r\n");
      await event("GUEST_PANICKED");
    },
  );
});
