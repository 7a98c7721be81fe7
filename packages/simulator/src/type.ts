import type { Tags } from "@muster/model";
import { type Ctx, type FailureKind, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { z } from "zod";
import type { VirtualClock } from "./clock.ts";
import type { Life } from "./crash.ts";
import { delay, type Faults, fateOf } from "./faults.ts";
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
  /** 1, 2, 3 … */
  nextCall(): number;
  tell: Tell;
}

/** A type whose things are in the world, as one life of Muster reaches it. */
export function simulatedType(stage: Stage, life: Life): TaggedType {
  return {
    known: "tags",
    name: "simulated",
    summary: "A thing in a simulated world",
    schema: z.record(z.string(), z.json()),
    settings: z.record(z.string(), z.json()),
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
      const last = page.at(-1);
      if (last === undefined) break;
      cursor = last.id;
      yield page.map(({ running, ...rest }) => ({
        ...rest,
        phase: running ? ("running" as const) : ("starting" as const),
      }));
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
      life.step("create", () =>
        call(stage, life, "create", { id: "", tags }, (lagMs) => {
          const at = now();
          const readyAt = at + random.pick([0, 0, 500, 8_000]);
          return { id: world.make(tags, want, { readyAt, listedFrom: at + lagMs }).id, idle: false };
        }),
      ),
    update: (from, want) =>
      life.step("update", async () => {
        await call(stage, life, "update", from, (lagMs) => {
          const idle = !world.change(from.id, want, now() + lagMs);
          return { id: from.id, idle };
        });
      }),
    destroy: (id) =>
      life.step("destroy", async () => {
        const tags = world.thing(id)?.tags ?? {};
        await call(stage, life, "destroy", { id, tags }, (lagMs) => {
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
    await clock.sleep(delay(faults(), random));
    if (random.chance(faults().unlisted)) throw new ProviderError(random.pick(LIST_FAILURES), "the list broke off");
    return world.page(by, cursor, PAGE);
  }
}

const PAGE = 3;
const LIST_FAILURES: readonly [FailureKind, ...FailureKind[]] = ["retryable", "denied", "unavailable", "unknown"];

/** One call that changes the world: as its fate has it, and as far as its caller lives. */
function call(
  stage: Stage,
  life: Life,
  verb: Verb,
  subject: { readonly id: string; readonly tags: Tags },
  effect: (lagMs: number) => { readonly id: string; readonly idle: boolean },
): Promise<{ readonly id: string }> {
  const { clock, random, traits, tell } = stage;
  const number = stage.nextCall();
  const fate = fateOf(stage.faults(), random, traits.settleMs);
  tell({ kind: "called", life: life.number, call: number, verb, id: subject.id, tags: subject.tags });
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
    clock.after(fate.answersAfter, () => {
      unlisten();
      if (answered) return;
      answered = true;
      tell({ kind: "answered", call: number, how: fate.how, late: !taken });
      if (fate.how === "done") resolve({ id: made });
      else reject(new ProviderError(fate.how, `the call ended: ${fate.how}`));
    });
  });
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
