import type { Observed, Verdict } from "@muster/model";
import { asProviderError, type Flavor, ProviderError } from "@muster/plugin";
import { z } from "zod";
import { program, refuseUnrunnable, runProgram } from "./program.ts";
import type { Environment } from "./surroundings.ts";
import { timeoutOf, timeoutText } from "./timeout.ts";
import { askAbout, question } from "./web-question.ts";

const TIMEOUT_MS = 30_000;

/** After a create, nobody waits for longer. */
const MOST_AT_START_MS = 60_000;
const MOST_MS = 3_600_000;

export const hooksProperties = z.strictObject({
  started: hook(MOST_AT_START_MS, "1m").describe(
    "Once, right after a member was made; where it fails, the member is taken away again",
  ),
  drain: hook(MOST_MS, "1h").describe(
    "Before a member is destroyed: it is to take no more work; returns when it has none",
  ),
  stopping: hook(MOST_MS, "1h").describe("After `drain`, right before the member is destroyed"),
});
export type HooksProperties = z.infer<typeof hooksProperties>;

function hook(mostMs: number, most: string) {
  return z
    .strictObject({
      command: program.command.optional(),
      env: program.env,
      http: question.optional().describe("A request; its method is POST unless told"),
      timeout: timeoutText(mostMs, `How long it may take; \`30s\` unless told, \`${most}\` at most`),
    })
    .refine(({ command, http }) => (command === undefined) !== (http === undefined), "must have `command` or `http`")
    .refine(({ env, http }) => env === undefined || http === undefined, "has `env` with a `command` only")
    .optional();
}

type Hook = NonNullable<HooksProperties["drain"]>;

/** Something is told when a member was made, and before it goes: a command is run, or a request sent. */
export function hooksIn(env: Environment): Flavor<HooksProperties> {
  return {
    name: "hooks",
    summary: "A command or a request when a member was made, and before it is destroyed",
    schema: hooksProperties,
    effects: { started: "in-place", drain: "in-place", stopping: "in-place" },

    async validate({ started, drain, stopping }) {
      for (const [name, hook] of Object.entries({ started, drain, stopping })) {
        if (hook !== undefined) refuseUncallable(name, hook);
      }
    },

    async started(observed, { started }, { signal }) {
      if (started !== undefined) await call("started", started, observed, env, signal);
    },

    /** Both are called, also where the first has failed: who did not stop taking work may still say good-bye. */
    async drain(observed, { drain, stopping }, { signal }) {
      const failures: ProviderError[] = [];
      for (const [name, hook] of Object.entries({ drain, stopping })) {
        if (hook === undefined) continue;
        await call(name, hook, observed, env, signal).catch((thrown) => failures.push(asProviderError(thrown)));
      }
      const [first] = failures;
      if (first === undefined) return;
      throw new ProviderError(first.kind, failures.map(({ message }) => message).join("; "), { cause: first });
    },
  };
}

function refuseUncallable(name: string, { command }: Hook): void {
  if (command === undefined) return;
  try {
    refuseUnrunnable({ command });
  } catch (thrown) {
    const { kind, message } = asProviderError(thrown);
    throw new ProviderError(kind, `\`${name}\`: ${message}`, { cause: thrown });
  }
}

async function call(
  name: string,
  hook: Hook,
  observed: Observed,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  const verdict = await outcomeOf(hook, observed, env, signal);
  if (verdict.kind !== "pass") throw new ProviderError("retryable", `the hook \`${name}\` failed: ${verdict.reason}`);
}

async function outcomeOf(
  { command, http, env: declared, timeout }: Hook,
  observed: Observed,
  env: Environment,
  signal: AbortSignal,
): Promise<Verdict> {
  const timeoutMs = timeoutOf(timeout, TIMEOUT_MS);
  if (command !== undefined) return runProgram({ command, env: declared }, observed, env, timeoutMs, signal);
  if (http !== undefined) return askAbout({ method: "POST", ...http }, env, timeoutMs, signal);
  throw new ProviderError("invalid", "it has neither a command nor a request");
}
