import { EXIT, type StackPlan } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { driftsText } from "../print/drift-text.ts";
import { driftedPart, hasDrifted, intendedPart, isDeclaredSo, type StackDrift } from "./drifted.ts";
import { findHolders, foresee, type Handed } from "./hand-over.ts";
import { confirmTold, planHere } from "./plan.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { storeToRead } from "./store-to-read.ts";

export interface DriftFlags extends OutputFlags, SetFlags {}

/** Looks at what was declared last, and at nothing else than reality; nothing is touched or written. */
export async function showDrift(this: Cli, flags: DriftFlags, ...files: readonly string[]): Promise<void> {
  const stacks = await readStacks(this, files);
  const { handed, free } = await findHolders(this, flags, stacks);
  const plan = plannerFor(this, flags, handed);
  const drifts: StackDrift[] = [];
  const told: StackPlan[] = [];
  for (const read of [...handed.map((each) => each.read), ...free]) {
    const ofFile = await plan(read);
    const declared = isDeclaredSo(ofFile) ? undefined : await declaredIn(this, read);
    const ofDeclared = declared === undefined ? ofFile : await plan(declared);
    told.push(ofFile, ofDeclared);
    drifts.push(driftOf(ofDeclared, declared === undefined ? undefined : ofFile));
  }
  this.out.write(flags.output === "json" ? `${JSON.stringify(drifts)}\n` : driftsText(drifts, this.out));
  confirmTold(told);
  if (drifts.some(({ drifted }) => drifted)) this.process.exitCode = EXIT.changes;
}

/** @param ofFile where the file says otherwise */
function driftOf(ofDeclared: StackPlan, ofFile: StackPlan | undefined): StackDrift {
  const drift = driftedPart(ofDeclared);
  const intended = intendedPart(ofFile ?? ofDeclared, drift);
  const { stack, generation } = ofDeclared;
  return { stack, generation, drifted: hasDrifted(drift), drift, ...(intended === undefined ? {} : { intended }) };
}

/** Whoever keeps a stack is asked about it; about the others this process is. */
function plannerFor(cli: Cli, flags: DriftFlags, handed: readonly Handed[]): (read: ReadStack) => Promise<StackPlan> {
  return async (read) => {
    const holder = handed.find((each) => each.read.stack.name === read.stack.name);
    if (holder !== undefined) return foresee({ ...holder, read });
    const [plan] = await planHere(cli, { ...flags, prune: false }, [read]);
    if (plan === undefined) throw new RangeError("a stack was asked about, and there is no plan of it");
    return plan;
  };
}

/** What was declared last, in place of what the file says; undefined where nothing was. */
async function declaredIn(cli: Cli, read: ReadStack): Promise<ReadStack | undefined> {
  await using parts = new AsyncDisposableStack();
  const store = parts.adopt(storeToRead(cli), (it) => it.close());
  const declaration = await store.declaration(read.stack.name);
  if (declaration === undefined) return undefined;
  const { document, source } = declaration;
  // What is wrong in it now stands in no line of the file that was read.
  return { ...read, document, path: source, locate: () => ({}) };
}
