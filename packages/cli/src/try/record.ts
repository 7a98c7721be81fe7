/**
 * What is written down of a try: before anything of it is made, so that it is found when whoever ran it was killed; and what
 * came of it, which stays when all else is gone.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withheld } from "@muster/checks";
import { type Document, didYouMean, isObject, MusterError, messageOf, nearest, systemCodeOf } from "@muster/model";
import { makePrivateDirectory } from "@muster/plugin";
import { type Holder, isRunning, thisProcess } from "@muster/store";
import type { Environment } from "../cli.ts";
import { removePlace, triesDirectory } from "./place.ts";
import { giveBackPorts } from "./ports.ts";
import type { TryResult, TrySubject } from "./result.ts";

export interface TryRecord extends TrySubject {
  readonly v: 1;
  /**
   * `running`: whoever it is held by sees to it, if that lives still. `kept`: left for a person to look at. `left`: it could not
   * be taken away. `over`: nothing is left of it but this.
   */
  readonly state: "running" | "kept" | "left" | "over";
  readonly holder: Holder;
  /** What the copy declares. Missing where that is over. */
  readonly document?: Document;
  /** Where its files lie. */
  readonly places: readonly string[];
  /** Missing while it is under way. */
  readonly result?: TryResult;
}

/** Of so many tries that are over it is kept what came of them. */
const REMEMBERED = 50;

export function holderHere(command: string): Holder {
  return thisProcess("", command);
}

/** Somebody sees to it: it is left to him. */
export function isUnderWay({ state, holder }: TryRecord): boolean {
  // Of one that cannot be seen from here nobody knows: it is left alone.
  return state === "running" && isRunning(holder) !== false;
}

/** Whole or not at all. What its checks found in contents stays with who asked. */
export function writeRecord(env: Environment, { result, ...record }: TryRecord): void {
  const directory = triesDirectory(env);
  makePrivateDirectory(directory);
  const path = join(directory, `${record.id}.json`);
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...record, ...(result && { result: toKeep(result) }) })}\n`, {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}

function toKeep(result: TryResult): TryResult {
  const steps = result.steps.map((step) =>
    step.report === undefined
      ? step
      : { ...step, report: { ...step.report, results: step.report.results.map(withheld) } },
  );
  return { ...result, steps };
}

/** Oldest first. Throws `try.bad-record`. */
export function readRecords(env: Environment): readonly TryRecord[] {
  const records = idsIn(env).flatMap((id) => readRecord(env, id) ?? []);
  return records.toSorted((a, b) => a.began - b.began || (a.id < b.id ? -1 : 1));
}

/** By its id, or how that begins where no other does so. Throws `try.not-found`, `try.bad-record`. */
export function recordCalled(env: Environment, wanted: string): TryRecord {
  const ids = idsIn(env);
  const [only, other] = ids.includes(wanted) ? [wanted] : ids.filter((id) => wanted !== "" && id.startsWith(wanted));
  const record = only === undefined || other !== undefined ? undefined : readRecord(env, only);
  if (record !== undefined) return record;
  throw new MusterError("try.not-found", { id: wanted, nearest: didYouMean(other ?? nearest(wanted, ids)) });
}

/** As if it had never been. */
export function forget(env: Environment, id: string): void {
  removePlace(env, id);
  giveBackPorts(env, id);
  rmSync(join(triesDirectory(env), `${id}.json`), { force: true });
}

/** Forgets the oldest of those that are over. */
export function forgetOld(env: Environment): void {
  const over = readRecords(env).filter(({ state }) => state === "over");
  for (const { id } of over.slice(0, Math.max(0, over.length - REMEMBERED))) {
    rmSync(join(triesDirectory(env), `${id}.json`), { force: true });
  }
}

function idsIn(env: Environment): readonly string[] {
  try {
    return readdirSync(triesDirectory(env)).flatMap((name) => (ID.test(name) ? name.slice(0, -".json".length) : []));
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

const ID = /^[a-f]\d[0-9a-f]{4}\.json$/;

/** Undefined where somebody else has just forgotten it. */
function readRecord(env: Environment, id: string): TryRecord | undefined {
  const file = join(triesDirectory(env), `${id}.json`);
  const bad = (detail: string, cause?: unknown) => new MusterError("try.bad-record", { file, detail }, { cause });
  let record: TryRecord;
  try {
    record = JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    throw bad(messageOf(thrown), thrown);
  }
  if (!isObject(record) || record.v !== 1 || record.id !== id) throw bad("it is of another form");
  return record;
}
