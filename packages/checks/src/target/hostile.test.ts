/** Targets that do what no target should. What they do to each other's facts, to this process and to its memory is nothing. */
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { factsIn } from "../answers.ts";
import { ASKS, type Need, needsOf } from "../facts.ts";
import { scriptOf, sectionsOf } from "../script.ts";
import { folder, NEVER, PATIENT, SURROUNDINGS } from "../test/surroundings.ts";
import { talk } from "./talk.ts";
import { localTarget, shellTarget, sshTarget } from "./target.ts";

const HOSTS = "/etc/hosts";
const NEEDS = needsOf([
  { ask: "stat", of: HOSTS },
  { ask: "read", of: HOSTS },
  { ask: "read", of: "/etc/passwd" },
]);

const here = () => localTarget(SURROUNDINGS).gather(NEEDS, PATIENT, NEVER);
const through = (program: string) => shellTarget("strange", ["sh", "-c", program], SURROUNDINGS);

describe("a hostile target", () => {
  it("of a name that nobody knows is unknown, and ssh says why", async () => {
    const target = sshTarget("nobody", { host: "nobody.invalid" }, SURROUNDINGS);
    const answer = (await target.gather(NEEDS, PATIENT, NEVER)).stat.get(HOSTS);
    expect(answer).toMatchObject({ kind: "unknown", why: expect.stringMatching(/ssh/) });
  });

  it("that is slow is waited for", async () => {
    const slowly = "sh -s | while IFS= read -r line; do printf '%s\\n' \"$line\"; sleep 0.01; done";
    expect(await through(slowly).gather(NEEDS, PATIENT, NEVER)).toEqual(await here());
  });

  it("that greets in its profile tells the same", async () => {
    const home = await folder();
    await writeFile(join(home, ".profile"), "echo Welcome; echo beware >&2; printf '\\nboundary 0\\n'\n");
    const target = shellTarget("polite", ["sh", "-l", "-s"], {
      ...SURROUNDINGS,
      env: { ...SURROUNDINGS.env, HOME: home },
    });
    expect(await target.gather(NEEDS, PATIENT, NEVER)).toEqual(await here());
  });

  it("that says something between its sections tells the same", async () => {
    const between = "sh -s | sed 's/^boundary[0-9x]* [.]$/&\\nGARBAGE\\ny127.0.0.1 liar\\nm \\/etc\\/hosts/'";
    expect(await through(between).gather(NEEDS, PATIENT, NEVER)).toEqual(await here());
  });

  it("that prints a gigabyte is cut off, and no more of it is kept than it may say", async () => {
    const asked = { env: SURROUNDINGS.env, script: "", timeoutMs: PATIENT, most: 1_000_000 };
    const out = await talk({ ...asked, command: ["sh", "-c", "yes noise | head -c 1073741824"] }, NEVER);
    expect([out.stdout.length, out.trouble]).toEqual([1_000_000, "it said more than 1000000 bytes"]);
    const err = await talk({ ...asked, command: ["sh", "-c", "yes noise | head -c 1073741824 >&2"] }, NEVER);
    expect([err.stderr.length, err.trouble]).toEqual([1_000_000, "it said more than 1000000 bytes"]);
  });

  it("reads no file for longer than somebody waits for it", async () => {
    const endless = join(await folder(), "endless");
    await writeFile(endless, "");
    await truncate(endless, 2 ** 40);
    // Whom it begins is out of our reach, as over a network.
    const apart = through("setsid -w sh -s");
    const readers = async () => {
      const lines = await Promise.all(
        (await readdir("/proc"))
          .filter((name) => /^\d+$/.test(name))
          .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
      );
      return lines.filter((line) => line.includes(endless)).length;
    };
    const asked = apart.gather(needsOf([{ ask: "sum", of: endless }]), 1_500, NEVER);
    await vi.waitFor(async () => expect(await readers()).toBeGreaterThan(0), PATIENT);
    expect((await asked).sum.get(endless)?.kind).toBe("unknown");
    await vi.waitFor(async () => expect(await readers()).toBe(0), PATIENT);
  });

  it("that closes in the middle is known as far as it came", async () => {
    // The answer to the first question, and the beginning of the second.
    const facts = await through("sh -s | { sed '/^boundary[0-9x]* 1$/q'; }; exit 255").gather(NEEDS, PATIENT, NEVER);
    expect([facts.stat.get(HOSTS)?.kind, facts.read.get(HOSTS)]).toEqual([
      "known",
      { kind: "unknown", why: "sh exited with 255" },
    ]);
  });
});

const ALL: readonly Need[] = [
  ...(["stat", "link", "read", "sum", "names", "room"] as const).map((ask) => ({ ask, of: HOSTS })),
  ...(["processes", "addresses"] as const).map((ask) => ({ ask, of: "" })),
  ...(["package", "service"] as const).map((ask) => ({ ask, of: "one" })),
  { ask: "run", of: JSON.stringify({ command: "true", timeoutMs: 1_000 }) },
];

describe("an answer of a hostile target", () => {
  const needs = needsOf(ALL);
  const sections = sectionsOf(needs);
  const asked = ALL.map(({ ask }) => ask);

  it("answers every question or says that it does not, whatever stands in it", async () => {
    const command = ["sh", "-s"] as const;
    const script = scriptOf(sections, "b", PATIENT);
    const honest = await talk({ command, env: SURROUNDINGS.env, script, timeoutMs: PATIENT, most: 1_000_000 }, NEVER);
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          "\nb 0\n",
          "\nb .\n",
          "\nb end\n",
          "\nb 99\n",
          "\nb exit 0\n",
          "\nb late\n",
          "y\n",
          "k /etc/hosts\n",
          "c\n",
        )
        .map((text) => Buffer.from(text)),
    );
    const change = fc.record({ at: fc.nat(honest.stdout.length), cut: fc.nat(200), put: piece });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const stdout = changes.reduce(
          (bytes, { at, cut, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]),
          honest.stdout,
        );
        const facts = factsIn({ ...honest, stdout }, sections, needs, "b");
        expect(ASKS.filter((ask) => facts[ask].size > 0)).toEqual(ASKS.filter((ask) => asked.includes(ask)));
      }),
    );
  });

  it.each([
    ["blanks", " "],
    ["numbers", "1 "],
    ["one word", "a"],
    ["lines", "k /etc/hosts\n"],
    ["slashes", "/"],
    ["empty lines", "\n"],
  ])("of nothing but %s, a megabyte of it to each question, is read to its end", (_, text) => {
    // An expression that goes back and forth in such a line would not end before the test is given up.
    const body = text.repeat(1_000_000 / text.length);
    for (const lead of ["", "y\n", "k /etc/hosts\nx\n", "1: ", "dpkg\ninstalled one "]) {
      const parts = sections.map((_each, at) => `\nb ${at}\n${lead}${body}\nb .\n`);
      const stdout = Buffer.from(`${parts.join("")}\nb end\n`);
      const facts = factsIn({ stdout, stderr: stdout, trouble: "it said no more" }, sections, needs, "b");
      expect(facts.stat.get(HOSTS)?.kind).toBe("unknown");
    }
  });
});
