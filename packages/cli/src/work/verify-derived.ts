/** What follows from a declaration, as results of checks: what is declared is so, or nobody could tell. */
import { setTimeout as sleep } from "node:timers/promises";
import { differenceOf, HERE, type Result, shown } from "@muster/checks";
import type { Inspector, Said, StateAnswer } from "@muster/daemon";
import { type Document, durationText, MusterError, MusterErrors, messageOf } from "@muster/model";
import { located } from "./located.ts";
import type { ReadStack } from "./read-stack.ts";

/** What is not known of a store that could not be read: what is claimed there, nobody sees. */
export interface Blind {
  readonly why: string;
}

interface AskedStack extends Pick<ReadStack, "file" | "path" | "locate"> {
  readonly name: string;
  readonly document: Document;
}

/** Throws what is wrong with the declaration, with its line. */
export async function derivedResults(
  inspector: Pick<Inspector, "state">,
  stack: AskedStack,
  { timeoutMs, blind }: { readonly timeoutMs: number; readonly blind: Blind | undefined },
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const late = sleep(timeoutMs, undefined, { signal: until }).then(
    () => [untold(stack, `it was not told within ${durationText(timeoutMs)}`)],
    () => [untold(stack, "nobody waited for the answer")],
  );
  try {
    return await Promise.race([answered(inspector, stack, blind), late]);
  } finally {
    over.abort();
  }
}

async function answered(
  inspector: Pick<Inspector, "state">,
  stack: AskedStack,
  blind: Blind | undefined,
): Promise<readonly Result[]> {
  try {
    const answers = await inspector.state(stack.document, stack.path);
    return answers.map((answer) => resultOf(blind === undefined ? answer : blindly(answer, blind)));
  } catch (thrown) {
    if (thrown instanceof MusterErrors || isAboutStack(thrown)) throw located(thrown, stack);
    return [untold(stack, messageOf(thrown))];
  }
}

function isAboutStack(thrown: unknown): boolean {
  return thrown instanceof MusterError && /^(declaration|settings|usage)\./.test(thrown.code);
}

/** Members that only claims tell of are not seen: that nobody is there is not known. */
function blindly(answer: StateAnswer, { why }: Blind): StateAnswer {
  if (answer.kind !== "group" || answer.verdict.kind !== "fail") return answer;
  return { ...answer, verdict: { kind: "unknown", reason: why } };
}

function untold({ name }: AskedStack, reason: string): Result {
  return { kind: "stack", subject: name, property: "state", target: HERE, verdict: "unknown", reason };
}

export function resultOf({ kind, subject, property, verdict }: StateAnswer): Result {
  const about = { kind, subject, property, target: HERE };
  switch (verdict.kind) {
    case "pass":
      return { ...about, verdict: "pass" };
    case "unknown":
      return { ...about, verdict: "unknown", reason: verdict.reason };
    case "fail": {
      const { expected, found } = verdict;
      const difference =
        "value" in expected && "value" in found ? differenceOf(expected.value, found.value) : undefined;
      const told = { expected: textOf(expected), found: textOf(found) };
      return { ...about, verdict: "fail", ...told, ...(difference === undefined ? {} : { difference }) };
    }
  }
}

function textOf(said: Said): string {
  return "value" in said ? shown(said.value) : said.words;
}
