/** What follows from a declaration, as results of checks: what is declared is so, or nobody could tell. */
import { differenceOf, HERE, type Result, shown, whyLetGo } from "@muster/checks";
import type { CheckToAsk, Inspector, Said, StateAnswer } from "@muster/daemon";
import { type Check, type Document, MusterError, MusterErrors, messageOf } from "@muster/model";
import { located } from "../work/located.ts";
import type { ReadStack } from "../work/read-stack.ts";

/** What is not known of a store that could not be read: what is claimed there, nobody sees. */
export interface Blind {
  readonly why: string;
}

interface AskedStack extends Pick<ReadStack, "file" | "path" | "locate"> {
  readonly name: string;
  readonly document: Document;
}

/** Those who are asked from inside can be asked until it is disposed of. */
export interface Derived extends AsyncDisposable {
  /** What follows from the declaration. */
  readonly results: readonly Result[];
  /** The checks that stand in it, as far as they can be asked; and what of them cannot. */
  readonly checks: readonly CheckToAsk[];
  readonly unasked: readonly Result[];
}

/**
 * Throws what is wrong with the declaration, with its line.
 *
 * @param until after it nobody waits any longer, and its reason may say why
 */
export async function derivedFrom(
  inspector: Pick<Inspector, "state">,
  stack: AskedStack,
  blind: Blind | undefined,
  until: AbortSignal,
): Promise<Derived> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  until.addEventListener("abort", end, { once: true });
  if (until.aborted) end();
  const late = over.then(() => untold(stack, whyLetGo(until)));
  const answer = answered(inspector, stack, blind);
  try {
    const first = await Promise.race([answer, late]);
    // What comes too late is let go of when it comes; that it failed by then is nothing to anybody.
    void answer.then(
      (derived) => (derived === first ? undefined : derived[Symbol.asyncDispose]()),
      () => undefined,
    );
    return first;
  } finally {
    until.removeEventListener("abort", end);
  }
}

async function answered(
  inspector: Pick<Inspector, "state">,
  stack: AskedStack,
  blind: Blind | undefined,
): Promise<Derived> {
  try {
    const state = await inspector.state(stack.document, stack.path);
    return {
      results: state.answers.map((answer) => resultOf(blind === undefined ? answer : blindly(answer, blind))),
      checks: state.checks.filter(({ unknown }) => unknown === undefined),
      unasked: state.checks.flatMap(({ check, unknown }) => (unknown === undefined ? [] : unaskedOf(check, unknown))),
      [Symbol.asyncDispose]: () => state[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    if (thrown instanceof MusterErrors || isAboutStack(thrown)) throw located(thrown, stack);
    return untold(stack, messageOf(thrown));
  }
}

/** What nobody could ask, or has told in time. */
export function unaskedOf({ kind, subject, title, statements }: Check, reason: string): readonly Result[] {
  const about = { kind, subject, ...(title === undefined ? {} : { title }), target: HERE, reason };
  return statements.map(({ property }) => ({ ...about, property, verdict: "unknown" }));
}

function isAboutStack(thrown: unknown): boolean {
  return thrown instanceof MusterError && /^(declaration|settings|usage)\./.test(thrown.code);
}

/** Members that only claims tell of are not seen: that nobody is there is not known. */
function blindly(answer: StateAnswer, { why }: Blind): StateAnswer {
  if (answer.kind !== "group" || answer.verdict.kind !== "fail") return answer;
  return { ...answer, verdict: { kind: "unknown", reason: why } };
}

function untold({ name }: AskedStack, reason: string): Derived {
  const about = { kind: "stack", subject: name, property: "state", target: HERE } as const;
  const unasked = [{ ...about, verdict: "unknown", reason } as const];
  return { results: [], checks: [], unasked, [Symbol.asyncDispose]: async () => undefined };
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
