import { musterMarks, type Tags } from "@muster/model";
import { STACK } from "./grammar.ts";
import { isMemberOf } from "./marks.ts";
import type { Stage } from "./stage.ts";
import type { Thing, World } from "./world.ts";

/** Things that are not ours, each in a way of its own: Muster must leave them alone whatever it is shown. */
const FOREIGN: readonly Tags[] = [
  {},
  { Name: "somebody's" },
  { ...musterMarks.write({ stack: "other", owner: "web", slot: "0", intent: "x", revision: "v1" }) },
  { ...musterMarks.write({ stack: STACK, owner: "ghost", slot: "0", intent: "y", revision: "v1" }) },
  { "muster.v": "2", "muster.stack": STACK, "muster.owner": "web", "muster.revision": "v1", "muster.slot": "0" },
  { "muster.v": "1", "muster.stack": STACK, "muster.owner": "web", "muster.slot": "0" },
  { "infrakit.group": "web", "infrakit.config_sha": "v1" },
];

export function placeForeigners({ world, clock }: Stage): void {
  const now = clock.now();
  for (const tags of FOREIGN) world.make(tags, { image: "theirs" }, { readyAt: now, listedFrom: now });
}

const STRIKES_EVERY_MS = 2_500;
const MOST_ILL_MS = 120_000;

/** Members die, end and fall ill, until all is calm; then whoever is still ill recovers. */
export function letDisastersHappen(stage: Stage): void {
  const { world, clock, tell } = stage;
  const random = stage.random.fork("disasters");

  function strike(): void {
    const { die, sicken, fall, lag } = stage.faults();
    if (die === 0 && sicken === 0 && fall === 0) return;
    for (const { id, fallen } of ours(world)) {
      if (random.chance(die)) {
        world.end(id, "others", clock.now() + (random.chance(lag) ? random.between(0, stage.traits.settleMs) : 0));
        tell({ kind: "befell", what: "died", id });
      } else if (random.chance(sicken)) {
        fallIll(id);
      } else if (!fallen && random.chance(fall)) {
        world.fall(id);
        tell({ kind: "befell", what: "fell", id });
      }
    }
    clock.after(STRIKES_EVERY_MS, strike);
  }

  function fallIll(id: string): void {
    world.setSick(id, true);
    tell({ kind: "befell", what: "sickened", id });
    clock.after(random.between(1_000, MOST_ILL_MS), () => recover(id));
  }

  function recover(id: string): void {
    const thing = world.thing(id);
    if (thing === undefined || thing.gone !== undefined || !thing.sick) return;
    world.setSick(id, false);
    tell({ kind: "befell", what: "healed", id });
  }

  clock.after(STRIKES_EVERY_MS, strike);
}

/** One that was just made of a bad image fares as that image does. */
export function afflict(stage: Stage, id: string): void {
  const { world, clock, tell } = stage;
  const image = world.thing(id)?.properties["image"];
  const ailment = stage.ailmentOf(image);
  const sicken = () => {
    // The cause may have gone away by now.
    if (stage.ailmentOf(image) === undefined || world.thing(id)?.gone !== undefined) return;
    world.setSick(id, true);
    tell({ kind: "befell", what: "sickened", id });
  };
  if (ailment?.kind === "later") clock.after(ailment.afterMs, sicken);
  else if (ailment?.kind === "ill") sicken();
}

/** Whoever is ill recovers, and whoever would never have come up does. */
export function endDisasters({ world, tell }: Stage): void {
  for (const { id, sick } of ours(world)) {
    world.start(id);
    if (!sick) continue;
    world.setSick(id, false);
    tell({ kind: "befell", what: "healed", id });
  }
}

/** Foreign things fare well: a loss of theirs would hide that Muster has touched them. */
function ours(world: World): readonly Thing[] {
  return world.living({}).filter(({ tags }) => isMemberOf("web", tags) || isMemberOf("db", tags));
}
