import type { FailureKind } from "@muster/plugin";
import type { Random } from "./random.ts";

/** What can go wrong, each with how often: 0 never, 1 always. A scenario is shrunk by setting them to 0. */
export interface Faults {
  /** A call, a page of a list or a question about health takes up to half a minute. */
  readonly slow: number;
  /** A call is refused, and nothing was done. */
  readonly refuse: number;
  /** A call never ends: whoever waits for it gives up some time. */
  readonly hang: number;
  /** A member takes up to two minutes to come up. */
  readonly sluggish: number;
  /** A call ends without an answer: it may have been done, may be done later, or never. */
  readonly lose: number;
  /** A list breaks off. */
  readonly unlisted: number;
  /** A finished call is not listed at once: up to the type's own `settleMs`. */
  readonly lag: number;
  /** A finished call stays unlisted for longer than the type promises. */
  readonly lateLag: number;
  /** A list shows what was not asked for. */
  readonly sloppy: number;
  /** A member dies, or falls ill and recovers: at every look of the world's own clock. */
  readonly die: number;
  readonly sicken: number;
  /** A member ends, and is listed all the same: its program has exited. */
  readonly fall: number;
  /** Health cannot be told: no answer, an error, or `unknown`. */
  readonly mute: number;
  /** A hint gets lost; one comes late, or twice. */
  readonly deaf: number;
  readonly echo: number;
  /** A write to the store fails, and nothing was written. */
  readonly unwritten: number;
  /** The store is full for up to a minute: nothing can be written. */
  readonly full: number;
  /** Muster is killed, at any point between two steps. */
  readonly crash: number;
  /** Muster is stopped there for up to a minute, and is taken for dead; then it goes on as if nothing had been. */
  readonly freeze: number;
}

export const NO_FAULTS: Faults = {
  slow: 0,
  refuse: 0,
  lose: 0,
  hang: 0,
  sluggish: 0,
  unlisted: 0,
  lag: 0,
  lateLag: 0,
  sloppy: 0,
  die: 0,
  sicken: 0,
  fall: 0,
  mute: 0,
  deaf: 0,
  echo: 0,
  unwritten: 0,
  full: 0,
  crash: 0,
  freeze: 0,
};

/** Each kind at its worst. */
const MOST: Faults = {
  slow: 0.3,
  refuse: 0.3,
  lose: 0.3,
  hang: 0.1,
  sluggish: 0.4,
  unlisted: 0.2,
  lag: 0.8,
  lateLag: 0.1,
  sloppy: 0.3,
  die: 0.06,
  sicken: 0.06,
  fall: 0.04,
  mute: 0.2,
  deaf: 0.8,
  echo: 0.5,
  unwritten: 0.1,
  full: 0.03,
  crash: 0.02,
  freeze: 0.01,
};

/** Few or many of the kinds, each at a rate of its own. Seldom a list that lags longer than promised: it excuses much. */
export function someFaults(random: Random): Faults {
  const share = random.pick([0, 0.2, 0.5, 0.5]);
  const rates = Object.entries(MOST).map(([kind, most]) => [kind, random.chance(share) ? most * random.next() : 0]);
  const { lateLag = 0, ...others } = Object.fromEntries(rates);
  return { ...NO_FAULTS, ...others, lateLag: random.chance(0.2) ? lateLag : 0 };
}

/** What stays normal when everything is well: a list may lag, and hints may be lost. */
export function calm(faults: Faults): Faults {
  return { ...NO_FAULTS, lag: faults.lag, deaf: faults.deaf, echo: faults.echo };
}

/** How one call to a provider goes. Times in milliseconds from its beginning. */
export interface Fate {
  /** Infinite: it never ends. */
  readonly answersAfter: number;
  readonly how: "done" | FailureKind;
  /** Missing: it takes no effect. */
  readonly takesAfter: number | undefined;
  /** How long its effect stays unlisted. */
  readonly lagMs: number;
}

/** Muster waits so long for the answer of a call, then it goes on without. */
export const GIVEN_UP_MS = 600_000;

const REFUSALS: readonly [FailureKind, ...FailureKind[]] = [
  "retryable",
  "denied",
  "invalid",
  "conflict",
  "no-space",
  "unavailable",
];

/** Effect and lag together are over `settleMs` after the answer, as a type promises; unless `lateLag` strikes. */
export function fateOf(faults: Faults, random: Random, settleMs: number, patienceMs = GIVEN_UP_MS): Fate {
  const answersAfter = delay(faults, random);
  if (random.chance(faults.refuse))
    return { answersAfter, how: random.pick(REFUSALS), takesAfter: undefined, lagMs: 0 };
  const hangs = random.chance(faults.hang);
  const lost = hangs || random.chance(faults.lose);
  const how = lost ? "unknown" : "done";
  const late = lost && random.chance(0.3) ? random.between(0, settleMs) : 0;
  const within = hangs ? patienceMs : answersAfter;
  const takesAfter = lost && random.chance(0.4) ? undefined : random.between(0, within) + late;
  const lagMs = random.chance(faults.lag) ? random.between(0, settleMs - late) : 0;
  return {
    answersAfter: hangs ? Number.POSITIVE_INFINITY : answersAfter,
    how,
    takesAfter,
    lagMs: random.chance(faults.lateLag) ? settleMs * 3 + 1_000 : lagMs,
  };
}

/** How long something takes that is not long when all is well. */
export function delay(faults: Faults, random: Random): number {
  return random.chance(faults.slow) ? random.between(0, 30_000) : random.pick([0, 0, 1, 5, 40]);
}

/** As `longDelay`, without those of a few milliseconds. */
export function rareDelay({ slow, hang }: Faults, random: Random): number {
  if (random.chance(hang)) return Number.POSITIVE_INFINITY;
  return random.chance(slow) ? random.between(0, 30_000) : 0;
}

/** How long something takes that may never end. */
export function longDelay(faults: Faults, random: Random): number {
  return random.chance(faults.hang) ? Number.POSITIVE_INFINITY : delay(faults, random);
}

/** How long a new member takes to come up. */
export function startOf(faults: Faults, random: Random): number {
  return random.chance(faults.sluggish) ? random.between(0, 120_000) : random.pick([0, 0, 500, 8_000]);
}
