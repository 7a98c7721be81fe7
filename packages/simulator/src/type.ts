import type { Tags } from "@muster/model";
import { type Ctx, type FailureKind, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { z } from "zod";
import { beginCall, type Subject } from "./calls.ts";
import type { Life } from "./crash.ts";
import { longDelay } from "./faults.ts";
import type { Shown, Verb } from "./happening.ts";
import { isMemberOf } from "./marks.ts";
import { sleep } from "./sleep.ts";
import type { Stage } from "./stage.ts";

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
    create: (want, tags) => step("create", (since) => call("create", { id: "", tags, want, since })),
    update: (from, want) =>
      step("update", async (since) => {
        await call("update", { ...from, want, since });
      }),
    destroy: (id) =>
      step("destroy", async (since) => {
        await call("destroy", { id, tags: world.thing(id)?.tags ?? {}, since });
      }),
    watch(wake, signal) {
      const end = world.watch(() => hint(stage, life, wake));
      signal.addEventListener("abort", () => void end());
      life.onEnd(() => void end());
    },
  };

  /** A step that knows when its caller began to wait: it may have been stopped before the step. */
  function step<T>(what: string, run: (since: number) => Promise<T>): Promise<T> {
    const since = now();
    return life.step(what, () => run(since));
  }

  function call(verb: Verb, subject: Subject): Promise<{ readonly id: string }> {
    return new Promise((resolve, reject) =>
      beginCall(stage, life, verb, subject, (how, id) => {
        if (how === "done") resolve({ id });
        else reject(failure(how, `the call ended: ${how}`));
      }),
    );
  }

  async function onePage({ faults }: Stage, by: Tags, cursor: string): Promise<readonly Shown[]> {
    await sleep(clock, longDelay(faults(), random));
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

/** Lost, late, twice, or as it should be. */
/** @param wake called when it is heard */
export function hint({ clock, random, faults }: Stage, life: Life, wake: () => void): void {
  const { deaf, echo } = faults();
  if (random.chance(deaf)) return;
  const heard = () => {
    if (!life.isOver()) wake();
  };
  heard();
  if (random.chance(echo)) clock.after(random.between(0, 5_000), heard);
}
