import { resolve } from "node:path";
import { documentOf, readDocument, type SourceDocument, stackOf } from "@muster/declaration";
import { type Document, MusterError, MusterErrors, type Stack } from "@muster/model";
import type { Cli } from "../cli.ts";
import { errorsOf } from "../print/errors.ts";

/** A declaration that was read and has a sound structure. */
export interface ReadStack {
  /** As it was typed. */
  readonly file: string;
  readonly path: string;
  readonly document: Document;
  readonly stack: Stack;
  readonly locate: SourceDocument["locate"];
}

/** Throws MusterError or MusterErrors of the family `declaration`. */
export async function readStack(cli: Cli, file: string): Promise<ReadStack> {
  const source = await readDocument(file, {
    sdk: import.meta.resolve("@muster/sdk"),
    env: cli.env,
    print: cli.err.write,
  });
  const document = documentOf(source);
  const stack = stackOf(document, source);
  return { file, path: resolve(cli.cwd, file), document, stack, locate: source.locate };
}

/** Reads all of them before anything is done with one, and throws what is wrong with any. */
export async function readStacks(cli: Cli, files: readonly string[]): Promise<readonly ReadStack[]> {
  const results = await Promise.allSettled(files.map((file) => readStack(cli, file)));
  const [first, ...others] = results.filter((each) => each.status === "rejected").map(({ reason }) => reason);
  if (first !== undefined) throw joined([first, ...others]);
  const stacks = results.filter((each) => each.status === "fulfilled").map(({ value }) => value);
  refuseTwice(stacks);
  return stacks;
}

/** A failure that is alone stays as it is, so that its cause is not lost. */
function joined(failures: readonly [unknown, ...unknown[]]): unknown {
  if (failures.length === 1) return failures[0];
  const [first, ...others] = failures.flatMap(errorsOf);
  return first === undefined ? failures[0] : new MusterErrors([first, ...others]);
}

function refuseTwice(stacks: readonly ReadStack[]): void {
  const seen = new Map<string, string>();
  for (const { file, stack } of stacks) {
    const other = seen.get(stack.name);
    if (other !== undefined) throw new MusterError("declaration.same-stack", { file, other, stack: stack.name });
    seen.set(stack.name, file);
  }
}
