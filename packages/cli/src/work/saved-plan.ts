/** A plan in a file: what was shown is done, as long as it is still what would be done. */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { stackOf } from "@muster/declaration";
import {
  type Document,
  digestOfPlan,
  isObject,
  MusterError,
  placeText,
  type StackPlan,
  systemCodeOf,
} from "@muster/model";
import type { Asked } from "@muster/runtime";
import type { Cli } from "../cli.ts";
import type { ReadStack } from "./read-stack.ts";

/** A stack that was read out of a plan, and what of the plan must still hold. */
export interface PlannedStack extends ReadStack {
  readonly expected: string;
  readonly asked: Asked;
}

const KIND = "muster.plan/1";
/** As much as several declarations at their biggest. */
const MAX_BYTES = 64 * 1024 * 1024;

interface SavedStack {
  readonly document: Document;
  readonly source: string;
  readonly expected: string;
  /** For whoever wants to see it before it is applied. */
  readonly plan: StackPlan;
}

interface SavedPlan {
  readonly kind: typeof KIND;
  readonly asked: Asked;
  readonly stacks: readonly SavedStack[];
}

/** Closed to others: a declaration may hold what is not everybody's business. Throws `usage.bad-value` where it cannot be written. */
export async function savePlan(
  cli: Cli,
  file: string,
  stacks: readonly ReadStack[],
  plans: readonly StackPlan[],
  asked: Asked,
): Promise<void> {
  const saved = stacks.flatMap(({ document, path, stack }): SavedStack[] => {
    const plan = plans.find((each) => each.stack === stack.name);
    return plan === undefined ? [] : [{ document, source: path, expected: digestOfPlan(plan), plan }];
  });
  const plan: SavedPlan = { kind: KIND, asked, stacks: saved };
  try {
    await writeFile(resolve(cli.cwd, file), `${JSON.stringify(plan)}\n`, { mode: 0o600 });
  } catch (thrown) {
    const detail = `${file} cannot be written (${systemCodeOf(thrown) ?? "unknown"})`;
    throw new MusterError("usage.bad-value", { what: "--out", detail, wanted: "a file that can be written" });
  }
}

/** The stacks of a saved plan; undefined where the file is a declaration. Throws `plan.not-a-plan`, `declaration.not-found`. */
export async function readSavedPlan(cli: Cli, file: string): Promise<readonly PlannedStack[] | undefined> {
  if (!file.endsWith(".plan")) return undefined;
  const saved = await parsed(resolve(cli.cwd, file), file);
  if (!isSavedPlan(saved)) throw notAPlan(file, `it does not say that it is one (\`kind: ${KIND}\`)`);
  return saved.stacks.map(({ document, source, expected }) => ({
    ...{ file: source, path: source, document, expected, asked: saved.asked },
    stack: stackOf(document),
    locate: (path) => ({ file: source, path: placeText({ path: path.join(".") }) }),
  }));
}

async function parsed(path: string, file: string): Promise<unknown> {
  try {
    const text = await readFile(path, "utf8");
    if (text.length > MAX_BYTES) throw notAPlan(file, "it is too big");
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof MusterError) throw thrown;
    const code = systemCodeOf(thrown);
    if (code === "ENOENT") throw new MusterError("declaration.not-found", { file });
    throw notAPlan(file, code === undefined ? "it is not JSON" : `it cannot be read (${code})`);
  }
}

function isSavedPlan(value: unknown): value is SavedPlan {
  if (!isObject(value) || value["kind"] !== KIND || !isObject(value["asked"])) return false;
  const stacks: unknown = value["stacks"];
  return Array.isArray(stacks) && stacks.every(isSavedStack);
}

/** One without `expected` would be applied whatever has changed since. */
function isSavedStack(value: unknown): boolean {
  if (!isObject(value) || !isObject(value["document"])) return false;
  return typeof value["expected"] === "string" && typeof value["source"] === "string";
}

function notAPlan(file: string, detail: string): MusterError {
  return new MusterError("plan.not-a-plan", { file, detail });
}
