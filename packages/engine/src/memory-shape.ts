/**
 * Whether what the store gave back is a memory. It is asked once, when a group is taken up; whoever went on with half a
 * memory might make what is being made already, or throw in the middle of a pass.
 */
import { isObject } from "@muster/model";

/** What is wrong, and where: `calls.0.intent is no text`; undefined where nothing is. */
type Check = (value: unknown, at: string) => string | undefined;

const text = plain("text", (value) => typeof value === "string");
const number = plain("number", (value) => typeof value === "number");
const truth = plain("true or false", (value) => typeof value === "boolean");

function plain(what: string, is: (value: unknown) => boolean): Check {
  return (value, at) => (is(value) ? undefined : `${at} is not ${what === "true or false" ? what : `a ${what}`}`);
}

function oneOf(...words: readonly string[]): Check {
  const is = (value: unknown) => typeof value === "string" && words.includes(value);
  return (value, at) => (is(value) ? undefined : `${at} is none of ${words.join(", ")}`);
}

function orNull(check: Check): Check {
  return (value, at) => (value === null ? undefined : check(value, at));
}

function orMissing(check: Check): Check {
  return (value, at) => (value === undefined ? undefined : check(value, at));
}

function first<T>(all: readonly T[], wrong: (each: T) => string | undefined): string | undefined {
  for (const each of all) {
    const said = wrong(each);
    if (said !== undefined) return said;
  }
  return undefined;
}

function listOf(check: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} is not a list`;
    return first([...value.entries()], ([index, each]) => check(each, `${at}.${index}`));
  };
}

function byId(check: Check): Check {
  return (value, at) => {
    if (!isObject(value)) return `${at} is not an object`;
    return first(Object.entries(value), ([id, each]) => check(each, `${at}.${id}`));
  };
}

function having(members: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(members);
  return (value, at) => {
    if (!isObject(value)) return `${at} is not an object`;
    return first(checks, ([name, check]) => check(value[name], `${at}.${name}`));
  };
}

const stateOf: Readonly<Record<string, Check>> = {
  called: having({}),
  done: having({ at: number }),
  unknown: having({ at: number, reason: text }),
  failed: having({ retryAt: number, reason: text }),
};

const state: Check = (value, at) => {
  const kind = isObject(value) && typeof value["kind"] === "string" ? value["kind"] : "";
  const check = Object.hasOwn(stateOf, kind) ? stateOf[kind] : undefined;
  return check === undefined ? `${at} is no state of a call` : check(value, at);
};

const call = having({
  ...{ intent: text, kind: oneOf("create", "update", "destroy"), slot: text, revision: text, why: text },
  ...{ cause: oneOf("intentional", "corrective"), at: number, attempt: number, instance: orNull(text), state },
});

const rollout = having({
  ...{ to: text, generation: number, startedAt: number, changing: truth, progressAt: number, left: number },
  ...{ arrived: number, failed: listOf(text), promoted: truth, canariesAt: orNull(number) },
  canaries: orMissing(listOf(text)),
  failure: orNull(having({ kind: oneOf("members", "progress"), at: number, reason: text })),
});

const backoff = having({ attempts: number, until: number, reason: text });

const shape: Readonly<Record<string, Check>> = {
  calls: listOf(call),
  young: byId(having({ kind: oneOf("made", "changed"), since: number, readyAt: orNull(number), failed: truth })),
  rollout: orNull(rollout),
  proven: orNull(text),
  reverted: orNull(having({ from: text, generation: number, reason: text })),
  streak: orNull(having({ revision: text, count: number })),
  quarantine: orNull(having({ revision: text, generation: number, kept: text, since: number, againAt: number })),
  creates: listOf(having({ since: number, last: number, count: number })),
  failing: listOf(text),
  drift: orNull(text),
  creating: orNull(backoff),
  late: orNull(backoff),
  repairing: orNull(backoff),
  retriedIn: number,
  doomed: listOf(text),
  replacing: listOf(text),
  aside: listOf(text),
  convergedAs: orNull(text),
  home: orNull(having({ scope: text, settings: text })),
  lastCount: number,
  vanishedAt: orNull(number),
};

/** Why this is no memory that can be gone on with; undefined where it is one. What an older Muster did not know may be missing. */
export function whyNoMemory(stored: unknown): string | undefined {
  if (!isObject(stored)) return "it is not an object";
  if (stored["version"] !== 1) return `it is of version ${JSON.stringify(stored["version"])}, and 1 is known here`;
  if (stored["calls"] === undefined) return "calls is missing";
  return first(Object.entries(shape), ([name, check]) =>
    stored[name] === undefined ? undefined : check(stored[name], name),
  );
}
