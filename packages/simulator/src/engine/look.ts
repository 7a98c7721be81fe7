/** A look at a group, as the runtime makes it, without a promise: page by page, and then how each member does. */
import type { FailedLook, Look, Seen } from "@muster/engine";
import { musterMarks, type Verdict } from "@muster/model";
import { type FailureKind, presence } from "@muster/plugin";
import { memberOn } from "@muster/runtime/rules";
import type { Life } from "../crash.ts";
import { rareDelay } from "../faults.ts";
import { type FlavorName, HEARD_MS, verdictOn } from "../flavor.ts";
import { STACK } from "../grammar.ts";
import type { Shown } from "../happening.ts";
import { isMemberOf } from "../marks.ts";
import type { Stage } from "../stage.ts";

/** What is looked at. */
export interface Watched {
  readonly stack: string;
  readonly name: string;
  /** Whoever was seen before. */
  readonly acquainted: Acquainted;
  /** How a member of this revision is treated. */
  flavorOf(revision: string): FlavorName;
}

/** Members by their ids, each with how a list has shown it. */
export type Acquainted = Map<string, { readonly shown: Shown; readonly member: Seen }>;

const PAGE = 8;
/** A list that never ends is a failed look. */
const LOOK_MS = 60_000;
const LIST_FAILURES: readonly [FailureKind, ...FailureKind[]] = ["retryable", "denied", "unavailable", "unknown"];

/** @param done told once, unless the life ends before */
export function look(stage: Stage, life: Life, watched: Watched, done: (look: Look) => void): void {
  const startedAt = stage.clock.now();
  list(stage, life, watched, startedAt, (listed) => {
    if (!Array.isArray(listed)) return done(listed);
    askHealth(stage, life, listed, watched, (verdicts) => done({ kind: "seen", startedAt, members: listed, verdicts }));
  });
}

function list(
  stage: Stage,
  life: Life,
  watched: Watched,
  startedAt: number,
  done: (listed: Seen[] | FailedLook) => void,
): void {
  const { clock, random, world, faults, tell } = stage;
  const { name } = watched;
  const now = faults();
  const wanted = random.chance(now.sloppy) ? {} : musterMarks.owned(STACK, name);
  const shown: Shown[] = [];
  let deadline: (() => void) | undefined;
  let isOver = false;
  onePage("");

  function onePage(cursor: string): void {
    const wait = rareDelay(now, random);
    if (wait === 0) {
      life.goOn("page", () => turn(cursor));
      return;
    }
    // Most looks wait for nothing, and need no end.
    deadline ??= life.clock.after(startedAt + LOOK_MS - clock.now(), () =>
      fail("unknown", "it was not listed in time"),
    );
    if (wait < LOOK_MS) life.clock.after(wait, () => life.goOn("page", () => turn(cursor)));
  }

  function turn(cursor: string): void {
    if (isOver) return;
    if (random.chance(now.unlisted)) {
      fail(random.pick(LIST_FAILURES), "the list broke off");
      return;
    }
    const page = world.page(wanted, cursor, PAGE);
    for (const each of page) shown.push(each);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) end();
    else onePage(last.id);
  }

  function fail(kind: FailureKind, message: string): void {
    if (isOver) return;
    isOver = true;
    deadline?.();
    done({ kind: "failed", startedAt, reason: `look.${kind}`, message });
  }

  function end(): void {
    isOver = true;
    deadline?.();
    const theirs = shown.filter(({ tags }) => isMemberOf(name, tags));
    tell({ kind: "looked", life: life.number, group: name, began: startedAt, shown: theirs });
    const members: Seen[] = [];
    for (const each of shown) {
      const member = memberIn(watched, each);
      if (member !== undefined) members.push(member);
    }
    done(members);
  }
}

/** Most things are shown as they were by the look before: then the member is the one that it was, and is not made anew. */
function memberIn(watched: Watched, shown: Shown): Seen | undefined {
  const { acquainted } = watched;
  const known = acquainted.get(shown.id);
  if (known?.shown === shown) return known.member;
  const member = memberOn(watched, shown, musterMarks.read(shown.tags));
  if (member !== undefined) acquainted.set(shown.id, { shown, member });
  return member;
}

function askHealth(
  stage: Stage,
  life: Life,
  members: readonly Seen[],
  { flavorOf }: Watched,
  done: (verdicts: ReadonlyMap<string, Verdict>) => void,
): void {
  const { random, faults, tell } = stage;
  const now = faults();
  const verdicts = new Map<string, Verdict>();
  /** Those that have answered at once, and those that have not answered yet. */
  const answered: [string, Verdict][] = [];
  const silent = new Set<string>();
  let cancel: (() => void) | undefined;
  for (const member of members) {
    // Who has ended needs no doctor.
    if (flavorOf(member.mark.revision) === "plain" || member.phase === "ended")
      verdicts.set(member.id, presence(member));
    else ask(member.id);
  }
  if (answered.length > 0) tell({ kind: "judged", life: life.number, verdicts: answered });
  if (silent.size === 0) done(verdicts);
  else cancel = life.clock.after(HEARD_MS, giveUp);

  function ask(id: string): void {
    const wait = rareDelay(now, random);
    if (wait === 0) {
      const verdict = verdictOn(stage, now, id);
      answered.push([id, verdict]);
      verdicts.set(id, verdict);
      return;
    }
    silent.add(id);
    if (wait < HEARD_MS) life.clock.after(wait, () => answer(id));
  }

  function hear(id: string, verdict: Verdict): void {
    tell({ kind: "judged", life: life.number, verdicts: [[id, verdict]] });
    verdicts.set(id, verdict);
  }

  function answer(id: string): void {
    if (!silent.delete(id)) return;
    hear(id, verdictOn(stage, now, id));
    if (silent.size > 0) return;
    cancel?.();
    done(verdicts);
  }

  function giveUp(): void {
    for (const id of silent) hear(id, { kind: "unknown", reason: "no answer" });
    silent.clear();
    done(verdicts);
  }
}
