import type { JsonObject, Tags } from "@muster/model";
import { type Ctx, type FailureKind, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import type { VirtualClock } from "@muster/runtime";
import { z } from "zod";
import type { Ailment } from "./ailments.ts";
import type { Life } from "./crash.ts";
import { afflict } from "./disasters.ts";
import { type Fate, type Faults, fateOf, GIVEN_UP_MS, longDelay, startOf } from "./faults.ts";
import type { Shown, Tell, Verb } from "./happening.ts";
import { isMemberOf } from "./marks.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface Traits {
  readonly settleMs: number;
  readonly local: boolean;
}

/** What everything simulated is made of. `faults` is asked each time: they stop at some time. */
export interface Stage {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly traits: Traits;
  faults(): Faults;
  /** What is wrong with an image; undefined when nothing is. */
  ailmentOf(image: unknown): Ailment | undefined;
  /** The world has no room for another thing. */
  isCrowded(): boolean;
  /** 1, 2, 3 … */
  nextCall(): number;
  tell: Tell;
}

const SCHEMA = z.object({ image: z.string(), note: z.string(), prepared: z.boolean().optional() });
const SETTINGS = z.object({});

/** A type whose things are in the world, as one life of Muster reaches it. */
export function simulatedType(stage: Stage, life: Life): TaggedType {
  return {
    known: "tags",
    name: "simulated",
    summary: "A thing in a simulated world",
    schema: SCHEMA,
    settings: SETTINGS,
    effects: { note: "in-place" },
    ...stage.traits,
    open: (_settings, io) => life.step("open", async () => simulatedProvider(stage, life, io.now)),
  };
}

function simulatedProvider(stage: Stage, life: Life, now: () => number): TaggedProvider {
  const { world, clock, random, tell } = stage;

  async function* list(by: Tags, { signal }: Ctx) {
    const began = now();
    const shown: Shown[] = [];
    const wanted = random.chance(stage.faults().sloppy) ? {} : by;
    let cursor = "";
    for (;;) {
      const page = await life.step("page", () => onePage(stage, wanted, cursor));
      shown.push(...page);
      yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      cursor = last.id;
    }
    // Who has given up on a list has not seen it.
    if (signal.aborted) return;
    const group = by["muster.owner"] ?? "";
    tell({
      kind: "looked",
      life: life.number,
      group,
      began,
      shown: shown.filter(({ tags }) => isMemberOf(group, tags)),
    });
  }

  return {
    known: "tags",
    scope: "the world",
    list,
    create: (want, tags) =>
      step(life, "create", now, (since) =>
        call(stage, life, "create", { id: "", tags, want, since }, (lagMs) => {
          const at = now();
          const isUseless = stage.ailmentOf(want["image"])?.kind === "never-up";
          const readyAt = isUseless ? Number.POSITIVE_INFINITY : at + startOf(stage.faults(), random);
          const { id } = world.make(tags, want, { readyAt, listedFrom: at + lagMs });
          afflict(stage, id);
          return { id, idle: false };
        }),
      ),
    update: (from, want) =>
      step(life, "update", now, async (since) => {
        await call(stage, life, "update", { ...from, want, since }, (lagMs) => {
          const idle = !world.change(from.id, want, now() + lagMs);
          return { id: from.id, idle };
        });
      }),
    destroy: (id) =>
      step(life, "destroy", now, async (since) => {
        const tags = world.thing(id)?.tags ?? {};
        await call(stage, life, "destroy", { id, tags, since }, (lagMs) => {
          const idle = !world.end(id, "muster", now() + lagMs);
          return { id, idle };
        });
      }),
    watch(wake, signal) {
      const end = world.watch(() => hint(stage, life, wake));
      signal.addEventListener("abort", () => void end());
      life.onEnd(() => void end());
    },
  };

  async function onePage({ faults }: Stage, by: Tags, cursor: string): Promise<readonly Shown[]> {
    await clock.sleep(longDelay(faults(), random));
    if (random.chance(faults().unlisted)) throw failure(random.pick(LIST_FAILURES), "the list broke off");
    return world.page(by, cursor, PAGE);
  }
}

const PAGE = 4;
const LIST_FAILURES: readonly [FailureKind, ...FailureKind[]] = ["retryable", "denied", "unavailable", "unknown"];

const failures = new Map<string, ProviderError>();

/** A failure that was thrown before is thrown again: where it came from is no news, and costs more than the rest of a call. */
function failure(kind: FailureKind, message: string): ProviderError {
  const key = `${kind} ${message}`;
  const known = failures.get(key) ?? new ProviderError(kind, message);
  failures.set(key, known);
  return known;
}

/** A step that knows when its caller began to wait: it may have been stopped before the step. */
function step<T>(life: Life, what: string, now: () => number, run: (since: number) => Promise<T>): Promise<T> {
  const since = now();
  return life.step(what, () => run(since));
}

/** What a call is about, and since when its caller waits. */
interface Subject {
  readonly id: string;
  readonly tags: Tags;
  readonly want?: JsonObject;
  readonly since: number;
}

/** One call that changes the world: as its fate has it, and as far as its caller lives. */
function call(
  stage: Stage,
  life: Life,
  verb: Verb,
  { since, ...subject }: Subject,
  effect: (lagMs: number) => { readonly id: string; readonly idle: boolean },
): Promise<{ readonly id: string }> {
  const { clock, random, traits, tell } = stage;
  const number = stage.nextCall();
  const patienceMs = since + GIVEN_UP_MS - clock.now();
  const fate = fateIn(stage, verb, subject.want, patienceMs);
  tell({ kind: "called", life: life.number, call: number, verb, ...subject });
  return new Promise((resolve, reject) => {
    let made = subject.id;
    let taken = fate.takesAfter === undefined;
    let answered = false;
    const take = () => {
      taken = true;
      const { id, idle } = effect(fate.lagMs);
      made = id;
      tell({ kind: "took", call: number, verb, id, idle });
    };
    const cancel = fate.takesAfter === undefined ? () => undefined : clock.after(fate.takesAfter, take);
    const unlisten = life.onEnd(() => {
      if (answered) return;
      answered = true;
      // The caller has died: what was sent is done soon, or never.
      cancel();
      const late = !taken && random.chance(0.5);
      tell({ kind: "abandoned", call: number, late });
      if (late) clock.after(random.between(0, Math.max(0, traits.settleMs - fate.lagMs)), take);
    });
    if (fate.answersAfter === Number.POSITIVE_INFINITY) {
      clock.after(patienceMs, () => {
        unlisten();
        if (answered) return;
        answered = true;
        tell({ kind: "abandoned", call: number, late: !taken });
      });
      return;
    }
    clock.after(fate.answersAfter, () => {
      unlisten();
      if (answered) return;
      answered = true;
      tell({ kind: "answered", call: number, how: fate.how, late: !taken });
      if (fate.how === "done") resolve({ id: made });
      else reject(failure(fate.how, `the call ended: ${fate.how}`));
    });
  });
}

function fateIn(stage: Stage, verb: Verb, want: JsonObject | undefined, patienceMs: number): Fate {
  const fate = fateOf(stage.faults(), stage.random, stage.traits.settleMs, patienceMs);
  if (verb !== "create") return fate;
  const answersAfter = Math.min(fate.answersAfter, GIVEN_UP_MS / 2);
  const refused = { answersAfter, takesAfter: undefined, lagMs: 0 };
  if (stage.ailmentOf(want?.["image"])?.kind === "refused") return { ...refused, how: "invalid" };
  return stage.isCrowded() ? { ...refused, how: "no-space" } : fate;
}

/** Lost, late, twice, or as it should be. */
function hint({ clock, random, faults }: Stage, life: Life, wake: () => void): void {
  const { deaf, echo } = faults();
  if (random.chance(deaf)) return;
  const heard = () => {
    if (!life.isOver()) wake();
  };
  heard();
  if (random.chance(echo)) clock.after(random.between(0, 5_000), heard);
}
