/** The calls as a group makes them. Nothing here is the test runner's, so that a process of its own can use it. */
import { randomBytes } from "node:crypto";
import type { Observed, Tags } from "@muster/model";
import { type Ctx, type FailureKind, type Io, ProviderError, type TaggedProvider } from "@muster/plugin";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

export async function listed<P extends object>(provider: TaggedProvider<P>, by: Tags = {}): Promise<Observed<P>[]> {
  const found: Observed<P>[] = [];
  for await (const page of provider.list(by, ctx)) found.push(...page);
  return found;
}

/** The kind of failure that a call ends in; `done` when it does not fail. */
export async function failureOf(call: Promise<unknown>): Promise<FailureKind | "done"> {
  try {
    await call;
    return "done";
  } catch (thrown) {
    if (thrown instanceof ProviderError) return thrown.kind;
    throw thrown;
  }
}
