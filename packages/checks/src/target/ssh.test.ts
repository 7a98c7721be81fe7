import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Facts, needsOf } from "../facts.ts";
import { openSshd, type Sshd, whyNoSshd } from "../test/sshd.ts";
import { folder, NEVER, PATIENT, SURROUNDINGS } from "../test/surroundings.ts";
import { type Place, placeOf, sshCommand } from "./ssh.ts";
import { localTarget, sshTarget } from "./target.ts";

const execute = promisify(execFile);
const HOSTS = "/etc/hosts";
const NEEDS = needsOf([
  { ask: "stat", of: HOSTS },
  { ask: "read", of: HOSTS },
  { ask: "sum", of: HOSTS },
  { ask: "names", of: "/etc/ssh" },
  { ask: "run", of: JSON.stringify({ command: ["echo", "it's 'there'"], timeoutMs: 5_000 }) },
]);

const gather = (place: Place, needs = NEEDS, timeoutMs = PATIENT) =>
  sshTarget("there", place, SURROUNDINGS).gather(needs, timeoutMs, NEVER);

const placeAt = ({ port, key, knownHosts }: Sshd): Place => ({
  host: "127.0.0.1",
  user: "root",
  port,
  key,
  knownHosts,
});

function why(facts: Facts): string | undefined {
  const answer = facts.stat.get(HOSTS);
  return answer?.kind === "unknown" ? answer.why : undefined;
}

describe("a place of ssh", () => {
  it("is read from an address, with what else ssh is to be told", () => {
    expect(placeOf("ssh://ann@web-1:2222?key=/k&jump=gate&known-hosts=/h&config=/c")).toEqual({
      ...{ host: "web-1", user: "ann", port: 2222, key: "/k", jump: "gate", knownHosts: "/h", config: "/c" },
    });
    expect(placeOf("ssh://[::1]")).toEqual({ host: "::1" });
  });

  it.each([
    ["web-1", "it is no ssh://USER@HOST:PORT"],
    ["ssh://ann:secret@web-1", "a password stands in it; name a key, or use an agent"],
    ["ssh://-oProxyCommand=x", "a name in it begins with a dash"],
    ["ssh://-l@web-1", "a name in it begins with a dash"],
    ["ssh://web-1/etc", "nothing is known of /etc in it"],
    ["ssh://web-1?kye=x", "`kye` is not known; key, jump, known-hosts, config are"],
    ["ssh://a%00b@web-1", "a blank or the like stands in it"],
    ["ssh://web-1?jump=-x", '`jump` cannot be "-x"'],
  ])("%s is refused", (text, fault) => {
    expect(placeOf(text)).toEqual({ fault });
  });

  it("asks nobody for a password, and trusts no host that is not known", () => {
    const words = sshCommand({ host: "web-1" });
    expect(words).toEqual(expect.arrayContaining(["BatchMode=yes", "StrictHostKeyChecking=yes"]));
    expect(words.slice(-3)).toEqual(["--", "web-1", "exec sh -s"]);
  });
});

const lacking = whyNoSshd();
if (lacking !== undefined) process.stdout.write(`${lacking}: targets over ssh are not tried\n`);

describe.skipIf(lacking !== undefined)("a target over ssh", () => {
  it("tells the same as this machine, which it is", async () => {
    const sshd = await openSshd();
    expect(await gather(placeAt(sshd))).toEqual(await localTarget(SURROUNDINGS).gather(NEEDS, PATIENT, NEVER));
  });

  it("answers a thousand questions in one round trip", async () => {
    const sshd = await openSshd();
    const dir = await folder();
    const files = Array.from({ length: 1_000 }, (_, at) => join(dir, `it's file ${at}`));
    await Promise.all(files.map((file, at) => writeFile(file, "x".repeat(at))));
    const { stat } = await gather(placeAt(sshd), needsOf(files.map((of) => ({ ask: "stat", of }))));
    const sizes = files.map((file) => {
      const answer = stat.get(file);
      return answer?.kind === "known" ? answer.value.size : answer;
    });
    expect(sizes).toEqual(files.map((_, at) => at));
  });

  it("is not spoken to where its key is not known, or is another one", async () => {
    const [sshd, other] = [await openSshd(), await openSshd()];
    const nobody = join(await folder(), "known");
    await writeFile(nobody, "");
    expect(why(await gather({ ...placeAt(sshd), knownHosts: nobody }))).toMatch(/^ssh exited with 255: Host key verif/);
    const swapped = (await readFile(other.knownHosts, "utf8")).replace(String(other.port), String(sshd.port));
    await writeFile(nobody, swapped);
    expect(why(await gather({ ...placeAt(sshd), knownHosts: nobody }))).toMatch(/^ssh exited with 255: Host key verif/);
  });

  it("lets in nobody with another key, and nobody is asked for a password", async () => {
    const [sshd, other] = [await openSshd(), await openSshd()];
    expect(why(await gather({ ...placeAt(sshd), key: other.key }))).toMatch(
      /^ssh exited with 255: .*Permission denied/,
    );
  });

  it("that is down is unknown", async () => {
    const sshd = await openSshd();
    expect(why(await gather({ ...placeAt(sshd), port: 1 }))).toMatch(/^ssh exited with 255: .*Connection refused/);
  });

  it("that hangs is given up when its time is over, and one that floods is cut off", async () => {
    const slow = await openSshd({ force: "sleep 300" });
    expect(why(await gather(placeAt(slow), NEEDS, 2_000))).toBe("it did not answer within 2s");
    const flood = await openSshd({ force: "yes 1234567890" });
    expect(why(await gather(placeAt(flood)))).toMatch(/^it said more than \d+ bytes$/);
  });

  it("may greet in its forced command, and one that hangs up in the middle says so", async () => {
    const polite = await openSshd({ force: "echo Welcome; echo beware >&2; exec sh -s" });
    expect(await gather(placeAt(polite))).toEqual(await localTarget(SURROUNDINGS).gather(NEEDS, PATIENT, NEVER));
    const hasty = await openSshd({ force: "sh -s | sed '/^boundary[0-9x]* 1$/q'; exit 255" });
    const facts = await gather(placeAt(hasty));
    expect(facts.stat.get(HOSTS)?.kind).toBe("known");
    expect(facts.read.get(HOSTS)).toMatchObject({ why: expect.stringMatching(/^ssh exited with 255/) });
  });

  it("is reached through another host, where it cannot be reached otherwise", { timeout: 60_000 }, async ({ skip }) => {
    const nets = await openNetworks().catch((thrown: unknown) => String(thrown));
    if (typeof nets === "string") {
      process.stdout.write(`No networks can be made here (${nets.split("\n")[0]}): no host is jumped over\n`);
      return skip();
    }
    const gate = await openSshd({ address: nets.gate, port: 2201, network: nets.gateName });
    const far = await openSshd({ address: nets.far, port: 2202, network: nets.farName });
    const config = join(far.dir, "client");
    const hosts = [
      ...[
        "Host gate",
        `HostName ${nets.gate}`,
        "Port 2201",
        `IdentityFile ${gate.key}`,
        `UserKnownHostsFile ${gate.knownHosts}`,
      ],
      ...["Host *", "User root", "StrictHostKeyChecking yes", "IdentitiesOnly yes"],
    ];
    await writeFile(config, `${hosts.join("\n")}\n`);
    const place: Place = { host: nets.far, port: 2202, key: far.key, knownHosts: far.knownHosts, config };
    const direct = await gather(place, NEEDS, 3_000);
    expect(direct.stat.get(HOSTS)?.kind).toBe("unknown");
    const facts = await gather({ ...place, jump: "gate" });
    expect([why(facts), facts.stat.get(HOSTS)?.kind]).toEqual([undefined, "known"]);
  });
});

/** Here – gate – far: from here no way leads to `far` but through `gate`. */
async function openNetworks() {
  const [gateName, farName] = [`mg${process.pid}`, `mf${process.pid}`];
  const [gate, far] = ["10.213.77.2", "10.213.78.2"];
  const ip = (words: string) => execute("ip", words.split(" "));
  onTestFinished(async () => {
    await Promise.allSettled([ip(`netns del ${gateName}`), ip(`netns del ${farName}`), ip(`link del ${gateName}`)]);
  });
  for (const name of [gateName, farName]) await ip(`netns add ${name}`);
  await ip(`link add ${gateName} type veth peer name m0 netns ${gateName}`);
  await ip(`-n ${gateName} link add name m1 type veth peer name m2 netns ${farName}`);
  await ip(`addr add 10.213.77.1/30 dev ${gateName}`);
  await ip(`link set ${gateName} up`);
  for (const [name, device, address] of [
    [gateName, "m0", `${gate}/30`],
    [gateName, "m1", "10.213.78.1/30"],
    [farName, "m2", `${far}/30`],
  ] as const) {
    await ip(`-n ${name} addr add ${address} dev ${device}`);
    await ip(`-n ${name} link set ${device} up`);
  }
  return { gate, far, gateName, farName };
}
