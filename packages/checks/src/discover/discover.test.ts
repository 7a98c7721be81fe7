import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "../check.ts";
import { localTarget, shellTarget, sshTarget, type Target } from "../target/target.ts";
import { openSshd, whyNoSshd } from "../test/sshd.ts";
import { folder, NEVER, PATIENT, SURROUNDINGS } from "../test/surroundings.ts";
import { verify } from "../verify.ts";
import { candidatesOf, configurationOf, isPassing } from "./candidates.ts";
import { discoverProgram, discoverThing } from "./discover.ts";
import { type Root, type Sighting, sightingIn } from "./looking.ts";

const execute = promisify(execFile);
const how = (target: Target) => ({ target, timeoutMs: PATIENT, signal: NEVER });
const here = localTarget(SURROUNDINGS);

function verifying(checks: readonly Check[], target: Target) {
  const more = { timeoutMs: PATIENT, retryForMs: 0, now: Date.now, signal: NEVER, pause: async () => undefined };
  return verify(checks, { targets: [target], ...more });
}

/** As they would be written. */
function entriesOf(checks: readonly Check[]) {
  return checks.map(({ kind, subject, statements }) => {
    const said = statements.map(({ property, matcher }) => [property, matcher.word === "equals" && matcher.value]);
    return { [kind]: subject, ...Object.fromEntries(said) };
  });
}

async function whyNotAlone(): Promise<string | undefined> {
  const words = ["--pid", "--fork", "--kill-child", "--mount-proc", "true"];
  return execute("unshare", words).then(
    () => undefined,
    () => "Nobody can be shut off from other processes here",
  );
}
const lacking = whyNoSshd() ?? (await whyNotAlone());
if (lacking !== undefined) process.stdout.write(`${lacking}: nothing is discovered of a real sshd\n`);

describe.skipIf(lacking !== undefined)("a real sshd", () => {
  it("is discovered over itself, and what is written holds at once", { timeout: 60_000 }, async () => {
    const { port, key, knownHosts, dir } = await openSshd({ alone: true });
    const target = sshTarget("there", { host: "127.0.0.1", user: "root", port, key, knownHosts }, SURROUNDINGS);
    const discovered = await discoverProgram("sshd", how(target));
    if (discovered.kind !== "found") throw new Error(JSON.stringify(discovered));
    const entries = entriesOf(discovered.checks);
    const config = join(dir, "config");
    const mode = ((await stat(config)).mode & 0o7777).toString(8).padStart(4, "0");
    expect(entries).toEqual(
      expect.arrayContaining([
        { process: "sshd", running: true },
        { port, listening: true, addresses: ["127.0.0.1"] },
        { file: config, exists: true, type: "file", mode, owner: "root", group: "root" },
      ]),
    );
    // No process of a session, no port that it was given, and nobody who has logged in.
    expect(entries.filter((entry) => "port" in entry || "process" in entry)).toHaveLength(2);
    const report = await verifying(discovered.checks, target);
    expect(report.results.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  });
});

const SHELLS: readonly { readonly program: string; readonly sh: readonly [string, ...string[]] }[] = [
  { program: "dash", sh: ["dash", "-s"] },
  { program: "busybox", sh: ["busybox", "sh", "-s"] },
  { program: "bash", sh: ["bash", "-s"] },
];
const isThere = (program: string) =>
  (process.env["PATH"] ?? "").split(":").some((directory) => existsSync(join(directory, program)));

describe.each(SHELLS.filter(({ program }) => isThere(program)))("a program, looked for by $program", ({ sh }) => {
  it("is found by the name of its process, also one that a shell could take for something else", async () => {
    const dir = await folder();
    const name = `m $x*${process.pid}`;
    await symlink("/bin/sleep", join(dir, name));
    const child = spawn(join(dir, name), ["1000"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "spawn");
    const target = shellTarget("shell", sh, SURROUNDINGS);
    const discovered = await discoverProgram(name, how(target));
    if (discovered.kind !== "found") throw new Error(JSON.stringify(discovered));
    // What else there is of it is its package, where a manager knows whose the program is.
    expect(entriesOf(discovered.checks)[0]).toEqual({ process: name.slice(0, 15), running: true });
    expect((await verifying(discovered.checks, target)).counts).toMatchObject({ fail: 0, unknown: 0 });
  });
});

describe("one thing", () => {
  it.each([
    ["file", "/etc/passwd", ["exists", "type", "mode", "owner", "group"]],
    ["directory", "/etc", ["exists", "mode", "owner", "group"]],
    ["user", "root", ["exists", "uid", "gid", "home", "shell", "groups"]],
    ["group", "root", ["exists", "gid", "members"]],
    ["mount", "/proc", ["mounted", "type", "source", "options"]],
    ["interface", "lo", ["exists", "mtu"]],
    ["kernel-param", "kernel.ostype", ["exists", "value"]],
  ])("%s %s is written with what stays of it, and that holds", async (kind, subject, properties) => {
    const discovered = await discoverThing(kind, subject, how(here));
    if (discovered.kind !== "found") throw new Error(JSON.stringify(discovered));
    expect(discovered.checks.map(({ statements }) => statements.map(({ property }) => property))).toEqual([properties]);
    expect((await verifying(discovered.checks, here)).counts).toEqual({ pass: properties.length, fail: 0, unknown: 0 });
  });

  it("that is not there is nothing, and one that cannot be told of is unknown", async () => {
    expect(await discoverThing("file", join(await folder(), "none"), how(here))).toMatchObject({ kind: "nothing" });
    const silent = sshTarget("silent", { host: "127.0.0.1", port: 1 }, SURROUNDINGS);
    expect(await discoverThing("file", "/etc/passwd", how(silent))).toMatchObject({ kind: "unknown" });
    expect(await discoverProgram("sshd", how(silent))).toMatchObject({ kind: "unknown" });
  });
});

describe("what was seen of a program", () => {
  const root: Root = { program: "/usr/sbin/nginx", words: ["nginx"], unit: undefined, ports: [] };
  const sighting: Sighting = { roots: [root], uids: [0, 33], packages: [], files: ["/etc/nginx/nginx.conf"] };

  it("is read from what the script says, and what makes no sense is passed over", () => {
    const text = [
      ...["noise", "process 0", "uid 0", "program /usr/sbin/nginx", "word nginx: master process /usr/sbin/nginx -c /a"],
      ...["cgroup 0::/system.slice/nginx.service", "sockets seen", "socket tcp:0050", "socket tcp:zz"],
      ...["process 1", "uid 33", "package nginx-light", "package nginx-light", "file /etc/nginx/nginx.conf", ""],
    ];
    const words = ["nginx:", "master", "process", "/usr/sbin/nginx", "-c", "/a"];
    expect(sightingIn(text.join("\n"))).toEqual({
      roots: [{ ...root, words, unit: "nginx", ports: [{ protocol: "tcp", number: 80 }] }],
      ...{ uids: [0, 33], packages: ["nginx-light"], files: ["/etc/nginx/nginx.conf"] },
    });
  });

  it.each([
    ["0::/system.slice/ssh.service", "ssh"],
    ["0::/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main"],
    ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/own.service", undefined],
    ["0::/system.slice/sshd@7-10.0.0.1:22-10.0.0.9:51234.service", undefined],
  ])("runs in a unit as %s says", (cgroup, unit) => {
    expect(sightingIn(`process 0\ncgroup ${cgroup}\n`).roots).toMatchObject([{ unit }]);
  });

  it("is told of by the files that it was told to read, else by the usual ones", () => {
    const words = ["x", "-f", "/a", "--config=/b", "--log=/var/log/x", "-D", "/data", "-o", "config_file=/etc/x/c"];
    expect(configurationOf({ ...sighting, roots: [{ ...root, words }] })).toEqual(["/a", "/b", "/etc/x/c"]);
    expect(configurationOf(sighting)).toEqual(["/etc/nginx/nginx.conf"]);
  });

  it("listens at a port that somebody chose, or that the kernel gave", () => {
    const port = { protocol: "tcp", number: 50_051 } as const;
    expect(isPassing(port, [32_768, 60_999], ["--port=150051"])).toBe(true);
    expect(isPassing(port, [32_768, 60_999], ["--port=50051"])).toBe(false);
    expect(isPassing({ ...port, number: 80 }, [32_768, 60_999], [])).toBe(false);
  });

  it("becomes checks of all that it has", () => {
    const seen = { ...sighting, roots: [{ ...root, unit: "nginx" }], packages: ["nginx-light"] };
    const candidates = candidatesOf("nginx", seen, [{ protocol: "udp", number: 53 }], ["www-data"]);
    expect(candidates.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      ...["process nginx", "port udp:53", "service nginx", "package nginx-light"],
      ...["file /etc/nginx/nginx.conf", "user www-data"],
    ]);
  });
});
