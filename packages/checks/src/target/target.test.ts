import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type Facts, type Needs, needsOf } from "../facts.ts";
import { folder, NEVER, PATIENT, SURROUNDINGS } from "../test/surroundings.ts";
import { talk } from "./talk.ts";
import { localTarget, saidTarget, shellTarget } from "./target.ts";

const HOSTS = "/etc/hosts";
const NEEDS = needsOf([
  { ask: "stat", of: HOSTS },
  { ask: "read", of: HOSTS },
]);

/** A target that speaks through a program of the test's own: `sh -c`, with the script on its standard input. */
const through = (program: string) => shellTarget("strange", ["sh", "-c", program], SURROUNDINGS);

const ask = (program: string, needs: Needs = NEEDS, timeoutMs = PATIENT) =>
  through(program).gather(needs, timeoutMs, NEVER);

function whyUnknown(facts: Facts): readonly (string | undefined)[] {
  return [facts.stat.get(HOSTS), facts.read.get(HOSTS)].map((answer) =>
    answer?.kind === "unknown" ? answer.why : undefined,
  );
}

function isKnown(facts: Facts): readonly boolean[] {
  return [facts.stat.get(HOSTS)?.kind === "known", facts.read.get(HOSTS)?.kind === "known"];
}

describe("a target", () => {
  it("may greet before it answers, and say more when it has", async () => {
    const facts = await ask("echo Welcome; echo 'stat 0'; echo beware >&2; sh -s; echo Goodbye");
    expect(isKnown(facts)).toEqual([true, true]);
  });

  it("that says what it was told is not believed", async () => {
    expect(whyUnknown(await ask("cat"))).toEqual(["sh exited with 0", "sh exited with 0"]);
  });

  it("that has no sh, or does not run, is unknown and says why", async () => {
    expect(whyUnknown(await ask("exec no-such-shell"))[0]).toMatch(/^sh exited with 127: .*no-such-shell.*not found/);
    const nobody = await shellTarget("nobody", ["no-such-program"], SURROUNDINGS).gather(NEEDS, PATIENT, NEVER);
    expect(whyUnknown(nobody)[0]).toBe("there is no program no-such-program");
  });

  it("that hangs is given up when its time is over", async () => {
    expect(whyUnknown(await ask("sleep 300", NEEDS, 300))[0]).toBe("it did not answer within 300ms");
  });

  it("that hangs in the middle is known as far as it came", async () => {
    // All of the first section, and the beginning of the second.
    const facts = await ask("sh -s | { sed '/^boundary[0-9x]* 1$/q'; sleep 300; }", NEEDS, 1_500);
    expect(isKnown(facts)).toEqual([true, false]);
    expect(whyUnknown(facts)[1]).toBe("it did not answer within 1s500ms");
  });

  it("whose answer was cut off is not known from there on", async () => {
    const whole = await talk({ ...SAID, command: ["sh", "-s"] }, NEVER);
    expect(whole.stdout.toString()).toContain("127.0.0.1");
    for (const cut of [0, 0.3, 0.6, 0.99]) {
      const length = Math.floor(whole.stdout.length * cut);
      const target = saidTarget(
        "cut",
        () => "b",
        async () => ({ ...whole, stdout: whole.stdout.subarray(0, length) }),
      );
      const { read } = await target.gather(NEEDS, PATIENT, NEVER);
      const answer = read.get(HOSTS);
      if (answer?.kind === "known") expect(whole.stdout.toString()).toContain(`y${answer.value.text}\nb end`);
      else expect(answer?.kind).toBe("unknown");
    }
  });

  it("that floods is cut off", async () => {
    const facts = await ask("yes 'a line of noise'");
    expect(whyUnknown(facts)[0]).toMatch(/^it said more than \d+ bytes$/);
  });

  it("is let go when nobody waits", async () => {
    const facts = await through("sh -s").gather(NEEDS, PATIENT, AbortSignal.abort());
    expect(whyUnknown(facts)[0]).toBe("nobody waited for the answer");
    expect((await localTarget(SURROUNDINGS).gather(NEEDS, PATIENT, AbortSignal.abort())).stat.get(HOSTS)?.kind).toBe(
      "unknown",
    );
  });

  it("that fails while it reads a file has not told what stands in it", async () => {
    // It is a file that may be read, and where it begins nothing is there.
    const of = "/proc/self/mem";
    const needs = needsOf([{ ask: "read", of }, ...[HOSTS].map((path) => ({ ask: "read", of: path }) as const)]);
    const facts = await shellTarget("told", ["sh", "-s"], SURROUNDINGS).gather(needs, PATIENT, NEVER);
    expect([facts.read.get(of), facts.read.get(HOSTS)?.kind]).toEqual([
      { kind: "unknown", why: "it could not be read to its end" },
      "known",
    ]);
    expect((await localTarget(SURROUNDINGS).gather(needs, PATIENT, NEVER)).read.get(of)?.kind).toBe("unknown");
  });

  it("without `stat` is looked at with `ls`, which does not tell when", async () => {
    const dir = await folder();
    await writeFile(join(dir, "a b"), "12345");
    await chmod(join(dir, "a b"), 0o4711);
    await mkdir(join(dir, "d"), { mode: 0o755 });
    const paths = [join(dir, "a b"), join(dir, "d"), join(dir, "none"), "/proc/self/exe"];
    const needs = needsOf(paths.map((of) => ({ ask: "stat", of })));
    const poor = saidTarget("poor", SURROUNDINGS.boundary, (script, timeoutMs) =>
      talk({ ...SAID, command: ["sh", "-s"], script: `stat() { return 127; }\n${script}`, timeoutMs }, NEVER),
    );
    const [rich, facts] = [
      await shellTarget("rich", ["sh", "-s"], SURROUNDINGS).gather(needs, PATIENT, NEVER),
      await poor.gather(needs, PATIENT, NEVER),
    ];
    for (const path of paths.slice(0, 3)) {
      const full = rich.stat.get(path);
      const less = full?.kind === "known" ? { kind: "known", value: { ...full.value, modified: undefined } } : full;
      expect(facts.stat.get(path)).toEqual(less);
    }
    expect(facts.stat.get("/proc/self/exe")?.kind).toBe("known");
  });
});

const SAID = {
  env: SURROUNDINGS.env,
  script: "printf '\\nb 0\\nc\\n\\nb 1\\ny'; cat /etc/hosts; printf '\\nb end\\n'",
  timeoutMs: PATIENT,
  most: 1_000_000,
};

describe("a command at a target", () => {
  const run = async (command: string | readonly string[], timeoutMs = PATIENT) => {
    const of = JSON.stringify({ command, timeoutMs });
    const facts = await localTarget(SURROUNDINGS).gather(needsOf([{ ask: "run", of }]), PATIENT, NEVER);
    const answer = facts.run.get(of);
    return answer?.kind === "known" ? answer.value : answer;
  };

  it("tells what it exits with, prints and complains about, each for itself", async () => {
    expect(await run("echo out; echo err >&2; exit 3")).toEqual({
      ...{ exit: 3, late: false },
      ...{ stdout: { text: "out\n", whole: true }, stderr: { text: "err\n", whole: true } },
    });
  });

  it("is run as it is where it is a list, and reads nothing", async () => {
    expect(await run(["printf", "%s|", "$HOME", "a 'b'", ""])).toMatchObject({ stdout: { text: "$HOME|a 'b'||" } });
    expect(await run("cat; echo over")).toMatchObject({ stdout: { text: "over\n" } });
  });

  it("is ended when its time is over, and no more than 64 KiB of it are taken", async () => {
    expect(await run("sleep 300", 1_000)).toMatchObject({ late: true });
    const flood = await run("yes");
    expect(flood).toMatchObject({ stdout: { whole: false } });
    expect(await run("no-such-program-here")).toMatchObject({ exit: 127 });
  });
});

describe.each([["dash"], ["busybox", "sh"], ["bash"]])("a command at a target with %s", (...shell) => {
  const there = shellTarget("there", [...shell, "-s"], SURROUNDINGS);
  const run = async (command: string | readonly string[], timeoutMs = PATIENT) => {
    const of = JSON.stringify({ command, timeoutMs });
    const answer = (await there.gather(needsOf([{ ask: "run", of }]), PATIENT, NEVER)).run.get(of);
    return answer?.kind === "known" ? answer.value : answer;
  };

  it("does not hold up what is asked after it with what it leaves behind", async () => {
    const left = await run("sleep 300 & echo $!; echo begun >&2");
    expect(left).toMatchObject({ exit: 0, late: false, stderr: { text: "begun\n" } });
    const id = left !== undefined && "stdout" in left ? Number(left.stdout.text) : Number.NaN;
    await vi.waitFor(() => expect(() => process.kill(id, 0)).toThrow("ESRCH"), PATIENT);
  });

  it("is killed where it does not heed that its time is over", async () => {
    expect(await run("trap '' TERM; echo so; sleep 300; sleep 300", 1_000)).toMatchObject({
      ...{ late: true, stdout: { text: "so\n" }, stderr: { text: "" } },
    });
  });

  it("tells a signal that was its own from the end of its time", async () => {
    expect(await run("kill -9 $$")).toMatchObject({ exit: 137, late: false, stderr: { text: "" } });
    expect(await run("kill -15 $$")).toMatchObject({ exit: 143, late: false, stderr: { text: "" } });
  });
});

const mayBecomeAnother = process.getuid?.() === 0;
if (!mayBecomeAnother) process.stdout.write("Only root becomes somebody who may not look: that is left out\n");

describe.skipIf(!mayBecomeAnother)("somebody who may not look", () => {
  it("cannot tell, of what is there and of what is not", async () => {
    const dir = await folder();
    await chmod(dir, 0o755);
    await mkdir(join(dir, "closed"), { mode: 0o700 });
    await writeFile(join(dir, "closed", "file"), "x");
    await writeFile(join(dir, "secret"), "x", { mode: 0o600 });
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"] as const;
    const [inside, missing, secret] = [join(dir, "closed", "file"), join(dir, "closed", "no"), join(dir, "secret")];
    const needs = needsOf([
      ...[inside, missing, secret, join(dir, "none")].map((of) => ({ ask: "stat", of }) as const),
      ...[inside, missing, secret].flatMap((of) => [{ ask: "read", of } as const, { ask: "sum", of } as const]),
      { ask: "names", of: join(dir, "closed") },
    ]);
    const facts = await shellTarget("nobody", nobody, SURROUNDINGS).gather(needs, PATIENT, NEVER);
    const denied = { kind: "unknown", why: "whoever is asked there may not look" };
    expect([facts.stat.get(inside), facts.stat.get(missing)]).toEqual([denied, denied]);
    expect([facts.stat.get(secret)?.kind, facts.stat.get(join(dir, "none"))?.kind]).toEqual(["known", "none"]);
    for (const path of [inside, missing, secret]) {
      expect([facts.read.get(path), facts.sum.get(path)]).toEqual([denied, denied]);
    }
    expect(facts.names.get(join(dir, "closed"))).toEqual(denied);
  });
});
