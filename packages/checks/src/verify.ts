/** Asks what checks say, of whom it is to be asked, and judges the answers. */
import type { Json } from "@muster/model";
import { atOnce } from "./at-once.ts";
import { type Check, type Found, untold } from "./check.ts";
import { whyLetGo } from "./ending.ts";
import { type Facts, needsOf } from "./facts.ts";
import { judge } from "./judge.ts";
import { type Asked, type Kind, subjectText } from "./kind.ts";
import { kindOf, type MoreKinds } from "./kinds/all.ts";
import { readable } from "./reason.ts";
import type { Target } from "./target/target.ts";

export interface Result {
  readonly kind: string;
  readonly subject: Json;
  readonly title?: string | undefined;
  readonly property: string;
  /** Who was asked; `here` of what is seen from outside. */
  readonly target: string;
  readonly verdict: "pass" | "fail" | "unknown";
  /** Nothing is wrong where it does not hold: whoever asked wants to know. Missing: it must. */
  readonly optional?: true | undefined;
  /** Of a fail. */
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  readonly difference?: string | undefined;
  /** Of an unknown: why nobody could tell. */
  readonly reason?: string | undefined;
}

export interface Report {
  readonly results: readonly Result[];
  readonly counts: { readonly pass: number; readonly fail: number; readonly unknown: number };
  /** When the last round began, in milliseconds since 1970. */
  readonly at: number;
  /** How often was asked, and how long it took in all, in milliseconds. */
  readonly rounds: number;
  readonly tookMs: number;
}

export interface Verifying {
  readonly targets: readonly Target[];
  /** Of one target's whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
  /** Kinds beside those of the table. */
  readonly kinds?: MoreKinds;
  /** What is asked in some other way, in each round too. */
  beside?(signal: AbortSignal): Promise<readonly Result[]>;
  /** Hears in each round what became of each check. */
  hear?(check: Check, results: readonly Result[]): void;
  /** Hears what came of each round that is not the last. */
  again?(counts: Report["counts"]): void;
  /** For so long it is asked again until all pass, in milliseconds; 0: once. */
  readonly retryForMs: number;
}

/** So many targets, and so many questions from here, are under way at once. */
const AT_ONCE = 16;
const BETWEEN_MS = 1_000;
/** Who is said to have been asked where it is seen from outside. */
export const HERE = "here";

/** The last round counts, whole: no result of an earlier one is mixed with it. */
export async function verify(checks: readonly Check[], how: Verifying): Promise<Report> {
  const began = how.now();
  for (let rounds = 1; ; rounds++) {
    const at = how.now();
    const [asked, beside = []] = await Promise.all([ask(checks, how), how.beside?.(how.signal)]);
    const results = [...asked, ...beside];
    const tookMs = how.now() - began;
    const isGood = results.every(({ verdict }) => verdict === "pass");
    // A clock that is set back makes nobody wait for longer: between two rounds there is a second at least.
    const isOver = Math.max(tookMs, (rounds - 1) * BETWEEN_MS) + BETWEEN_MS > how.retryForMs;
    if (isGood || isOver || how.signal.aborted) {
      return { results, counts: countsOf(results), at, rounds, tookMs };
    }
    how.again?.(countsOf(results));
    await how.pause(BETWEEN_MS, how.signal);
  }
}

export function countsOf(results: readonly Result[]): Report["counts"] {
  const count = (wanted: Result["verdict"]) => results.filter(({ verdict }) => verdict === wanted).length;
  return { pass: count("pass"), fail: count("fail"), unknown: count("unknown") };
}

interface Known {
  readonly check: Check;
  readonly kind: Kind;
  readonly asked: Asked;
  /** What was put into its subject is none, and why: nobody is asked. */
  readonly fault: string | undefined;
}

/** One round of them, with nothing beside. */
export async function ask(
  checks: readonly Check[],
  how: Omit<Verifying, "retryForMs" | "pause" | "beside">,
): Promise<readonly Result[]> {
  const all = checks.map((check): Known => {
    const kind = kindOf(check.kind, how.kinds);
    if (kind === undefined) throw new Error(`there is no kind ${check.kind}`);
    const properties = new Set(check.statements.map(({ property }) => property));
    const fault = kind.subject.fault(check.subject);
    return { check, kind, asked: { subject: check.subject, options: check.options, properties }, fault };
  });
  const sound = all.filter(({ fault }) => fault === undefined);
  const there = needsOf(
    sound.flatMap(({ kind, asked }) => (kind.asking.where === "target" ? kind.asking.needs(asked) : [])),
  );
  const outside = new Map<Known, (property: string) => Found>();
  const facts = new Map<Target, Facts>();
  const jobs = [
    ...how.targets.map((target) => async () => {
      facts.set(target, await target.gather(there, how.timeoutMs, how.signal));
    }),
    ...sound.map((known) => async () => {
      const { asking } = known.kind;
      if (asking.where !== "here") return;
      const answer = await asking.ask(known.asked, how.signal);
      // Who ends because nobody waits any longer has told nothing.
      if (!how.signal.aborted) outside.set(known, answer);
    }),
  ];
  await atOnce(jobs, AT_ONCE, how.signal);
  const now = how.now();
  const letGo = () => untold(whyLetGo(how.signal));
  return all.flatMap((known) => {
    const results = resultsIn(known, how.targets, { outside: outside.get(known), facts, letGo }, now);
    how.hear?.(known.check, results);
    return results;
  });
}

interface Told {
  readonly outside: ((property: string) => Found) | undefined;
  readonly facts: ReadonlyMap<Target, Facts>;
  /** Of what nobody has told. */
  letGo(): Found;
}

function resultsIn(
  known: Known,
  targets: readonly Target[],
  { outside, facts, letGo }: Told,
  now: number,
): readonly Result[] {
  const { fault, check } = known;
  const none = fault === undefined ? undefined : () => untold(`\`${check.kind}\` ${fault}`);
  const { asking } = known.kind;
  if (asking.where === "here") return resultsOf(known, HERE, none ?? outside ?? letGo, now);
  return targets.flatMap((target) => {
    if (none !== undefined) return resultsOf(known, target.name, none, now);
    const its = facts.get(target);
    const found = its === undefined ? letGo : (property: string) => asking.found(property, known.asked, its);
    return resultsOf(known, target.name, found, now);
  });
}

function resultsOf(
  { check }: Known,
  target: string,
  found: (property: string) => Found,
  now: number,
): readonly Result[] {
  const { kind, subject, title } = check;
  return check.statements.map(({ property, matcher }): Result => {
    const judgement = judge(matcher, found(property), now);
    const about = { kind, subject, ...(title === undefined ? {} : { title }), property, target };
    return judgement.verdict === "unknown"
      ? { ...about, verdict: "unknown", reason: readable(judgement.reason) }
      : { ...about, ...judgement };
  });
}

/** What a statement is about, for a line. */
export function statementText({ kind, subject, title, property }: Omit<Result, "verdict" | "target">): string {
  const about = `${kind} ${readable(subjectText(subject))}: ${property}`;
  return title === undefined ? about : `${readable(title)} (${about})`;
}
