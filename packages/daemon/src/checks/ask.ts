/** What checks that are declared say, each in a line that everybody may read. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import {
  kindOf,
  localTarget,
  type Result,
  readable,
  saidTarget,
  type Surroundings,
  type Target,
  verify,
} from "@muster/checks";
import { type Check, PASS, type Verdict } from "@muster/model";
import type { Whom } from "@muster/runtime";
import { insideTarget } from "./inside.ts";

/** For the whole answer of whom they are asked of, in milliseconds. */
const ANSWER_MS = 10_000;

export async function askChecks(
  checks: readonly Check[],
  whom: Whom,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const faults = checks.map(faultOf);
  const sound = checks.filter((_, index) => faults[index] === undefined);
  const { results } = await verify(sound, {
    targets: [targetOf(whom, surroundingsOf(env))],
    timeoutMs: ANSWER_MS,
    now: Date.now,
    pause: (ms, over) => pause(ms, undefined, { signal: over }),
    signal,
    retryForMs: 0,
  });
  // One for each statement, in the order of the checks.
  let next = 0;
  return checks.map(({ statements }, index): Verdict => {
    const fault = faults[index];
    if (fault !== undefined) return { kind: "unknown", reason: readable(fault) };
    const from = next;
    next += statements.length;
    return verdictOf(results.slice(from, next));
  });
}

/** What was put into its subject may be none. */
function faultOf({ kind, subject }: Check): string | undefined {
  const fault = kindOf(kind)?.subject.fault(subject);
  return fault && `\`${kind}\` ${fault}`;
}

function verdictOf(results: readonly Result[]): Verdict {
  const bad = results.find(({ verdict }) => verdict === "fail") ?? results.find(({ verdict }) => verdict === "unknown");
  if (bad === undefined) return PASS;
  const { verdict, property, expected = "", found = "", reason = "" } = bad;
  if (verdict === "unknown") return { kind: "unknown", reason: readable(`${property}: ${reason}`) };
  return { kind: "fail", reason: readable(`${property}: expected ${expected}, found ${publicly(bad, found)}`) };
}

/** Texts of contents and headers may be anybody's secrets: of them no more is told than that they are others. */
function publicly({ kind, property }: Result, found: string): string {
  const is = kindOf(kind)?.properties[property]?.is;
  if (is !== "content" && is !== "record") return found;
  return found.replaceAll(/"(?:[^"\\]|\\.)*(?:"|$)/gs, "another text");
}

function surroundingsOf(env: Readonly<Record<string, string | undefined>>): Surroundings {
  const known = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { env: Object.fromEntries(known), boundary: () => `muster${randomBytes(16).toString("hex")}` };
}

function targetOf(whom: Whom, surroundings: Surroundings): Target {
  switch (whom.kind) {
    case "this machine":
      return localTarget(surroundings);
    case "inside":
      return insideTarget(whom, surroundings.boundary);
    case "nobody": {
      const nothing = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), trouble: whom.why };
      return saidTarget("nobody", surroundings.boundary, async () => nothing);
    }
  }
}
