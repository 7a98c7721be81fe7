import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { needsOf } from "../facts.ts";
import { NEVER, PATIENT, SURROUNDINGS } from "../test/surroundings.ts";
import { type Begin, begunTarget, sayTo } from "./begun.ts";
import { localTarget } from "./target.ts";

const HOSTS = "/etc/hosts";
const NEEDS = needsOf([
  { ask: "stat", of: HOSTS },
  { ask: "read", of: HOSTS },
]);

/** What runs a command somewhere, as an engine does: here, in a program that stands between. */
function through(program: string): Begin {
  return async ({ command, input }, signal) => {
    const child = spawn("sh", ["-c", program, ...command], { env: SURROUNDINGS.env, detached: true });
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    signal.addEventListener("abort", end, { once: true });
    onTestFinished(() => signal.removeEventListener("abort", end));
    child.stdin.on("error", () => undefined);
    Readable.from(input).pipe(child.stdin);
    const closed = once(child, "close");
    async function* output() {
      yield* outOf(child.stdout, "out");
      yield* outOf(child.stderr, "err");
    }
    return { output: output(), ended: closed.then(([code]) => ({ kind: "exited", code: Number(code) })) };
  };
}

async function* outOf(stream: Readable, name: "out" | "err") {
  for await (const bytes of stream) yield { stream: name, bytes: Buffer.from(bytes) };
}

async function whyOf(begin: Begin, timeoutMs = PATIENT): Promise<string | undefined> {
  const answer = (await begunTarget("there", SURROUNDINGS.boundary, begin).gather(NEEDS, timeoutMs, NEVER)).stat.get(
    HOSTS,
  );
  return answer?.kind === "unknown" ? answer.why : undefined;
}

describe("a target at which somebody else runs the script", () => {
  it("tells the same as this machine, which it is", async () => {
    const there = begunTarget("there", SURROUNDINGS.boundary, through("exec sh -s"));
    expect(await there.gather(NEEDS, PATIENT, NEVER)).toEqual(
      await localTarget(SURROUNDINGS).gather(NEEDS, PATIENT, NEVER),
    );
  });

  it("without sh is unknown, in the words of whoever could not run it", async () => {
    expect(await whyOf(through("exec no-such-shell"))).toMatch(/^sh exited with 127: .*no-such-shell.*not found/);
    const refuses: Begin = () => Promise.reject(new Error("the command cannot be run there: no sh in PATH"));
    expect(await whyOf(refuses)).toBe("the command cannot be run there: no sh in PATH");
  });

  it("that breaks off in the middle is known as far as it came", async () => {
    const breaks: Begin = async (asked, signal) => {
      const { output, ended } = await through("exec sh -s")(asked, signal);
      async function* half() {
        const heard: Uint8Array[] = [];
        for await (const { stream, bytes } of output) if (stream === "out") heard.push(bytes);
        const whole = Buffer.concat(heard);
        yield { stream: "out", bytes: whole.subarray(0, whole.indexOf(" 1\n") + 3) } as const;
        throw new Error("the connection broke off");
      }
      return { output: half(), ended };
    };
    const facts = await begunTarget("there", SURROUNDINGS.boundary, breaks).gather(NEEDS, PATIENT, NEVER);
    expect(facts.stat.get(HOSTS)?.kind).toBe("known");
    expect(facts.read.get(HOSTS)).toEqual({ kind: "unknown", why: "the connection broke off" });
  });

  it("is given up when its time is over, whether it hears of that or not", async () => {
    expect(await whyOf(through("sleep 300"), 300)).toBe("it did not answer within 300ms");
    const deaf: Begin = () => new Promise(() => undefined);
    expect(await whyOf(deaf, 300)).toBe("it did not answer within 300ms");
  });

  it("that floods is cut off, and no more is kept than it may say", async () => {
    const said = await sayTo(through("yes"), { script: "", timeoutMs: PATIENT, most: 10_000 }, NEVER);
    expect([said.stdout.length, said.trouble]).toEqual([10_000, "it said more than 10000 bytes"]);
  });

  it("is let go when nobody waits", async () => {
    const said = await sayTo(through("sh -s"), { script: "", timeoutMs: PATIENT, most: 10_000 }, AbortSignal.abort());
    expect(said.trouble).toBe("nobody waited for the answer");
  });
});
