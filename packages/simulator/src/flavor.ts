import { PASS, type Verdict } from "@muster/model";
import { type Flavor, ProviderError } from "@muster/plugin";
import { z } from "zod";
import type { Life } from "./crash.ts";
import { type Faults, longDelay } from "./faults.ts";
import { sleep } from "./sleep.ts";
import type { Stage } from "./stage.ts";

/** `plain` knows nothing of health; `probed` asks the world, and drains. */
export type FlavorName = "plain" | "probed";

const SCHEMA = z.object({});

export function simulatedFlavor(name: FlavorName, stage: Stage, life: Life): Flavor {
  const plain: Flavor = {
    name,
    summary: "Treats the things of a simulated world",
    schema: SCHEMA,
    effects: {},
  };
  if (name === "plain") return plain;
  return {
    ...plain,
    prepare: (want) =>
      life.step("prepare", async () => {
        await pause(stage, 0.1);
        return { ...want, prepared: true };
      }),
    health: async ({ id }) => {
      let isHeard = true;
      const tell = (verdict: Verdict) => {
        if (isHeard && !life.isOver()) stage.tell({ kind: "judged", life: life.number, verdicts: [[id, verdict]] });
        isHeard = false;
      };
      const cancel = stage.clock.after(TOLD_MS, () => tell({ kind: "unknown", reason: "no answer" }));
      const verdict = await life.step("health", () => judge(stage, id));
      cancel();
      tell(verdict);
      if (verdict.kind === "unknown" && stage.random.chance(0.5))
        throw new ProviderError("unavailable", verdict.reason);
      return verdict;
    },
    drain: ({ id }, _properties, { signal }) =>
      life.step("drain", async () => {
        await pause(stage, 0.3);
        if (signal.aborted) throw new ProviderError("unavailable", `${id} was given up`);
      }),
  };
}

/** Muster waits so long for an answer about health; one that comes later is not heard. */
export const HEARD_MS = 10_000;
/** Told just before Muster gives up: what it writes down then rests on it. */
const TOLD_MS = HEARD_MS - 1;

/** Some of the time it takes a while, though it is not slow: `share` of the rate of failing calls it fails. */
async function pause({ clock, random, faults }: Stage, share: number): Promise<void> {
  const now = faults();
  await sleep(clock, longDelay(now, random));
  if (random.chance(now.refuse * share)) throw new ProviderError("unavailable", "the flavor did not answer");
}

async function judge(stage: Stage, id: string): Promise<Verdict> {
  const now = stage.faults();
  const wait = longDelay(now, stage.random);
  // In between an answer would be heard that was told to be missing.
  await sleep(stage.clock, wait === TOLD_MS ? HEARD_MS : wait);
  return verdictOn(stage, now, id);
}

/** How a thing does in truth; unless nobody knows. */
export function verdictOn({ world, random }: Stage, { mute }: Pick<Faults, "mute">, id: string): Verdict {
  if (random.chance(mute)) return { kind: "unknown", reason: "nobody knows" };
  const thing = world.thing(id);
  if (thing === undefined || thing.gone !== undefined) return { kind: "fail", reason: "it is not there" };
  if (world.isHealthy(thing)) return PASS;
  return thing.sick ? { kind: "fail", reason: "it is ill" } : { kind: "unknown", reason: "it starts" };
}
