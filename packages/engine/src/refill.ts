import { slotCount } from "@muster/model";
import { type Census, headCount } from "./census.ts";
import { roomIn } from "./course.ts";
import type { Version } from "./declared.ts";
import type { Seen } from "./look.ts";
import { type Allowance, allowance, allowanceOfWanted, createFailed, missingCount } from "./making.ts";
import type { Call } from "./memory.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/** Makes what is missing: never above size + maxSurge, and carefully after a failure. */
export function refill(scene: Scene): Step {
  if (isFull(scene)) return trying(scene);
  // Where nobody may be made for a while, no place is looked for.
  const barred = scene.quarantine === null && scene.declared.slots.kind === "numbered" ? allowance(scene) : undefined;
  if (barred?.count === 0) return heldBack(barred, []);
  const slots = emptySlots(scene);
  if (slots.length === 0) return trying(scene);
  const wishes = toCreates(slots, scene);
  // What has worked before does not wait for what keeps failing.
  const trusted = wishes.filter(({ as }) => as.revision !== scene.quarantine?.revision);
  const [chosen, allowed] =
    trusted.length > 0 ? [trusted, allowance(scene)] : ([wishes, allowanceOfWanted(scene)] as const);
  if (chosen.length <= allowed.count) return { wishes: chosen, ...heldStill(scene) };
  return heldBack(allowed, chosen.slice(0, allowed.count));
}

function heldBack({ held, wakeAt }: Allowance, wishes: readonly Wish[]): Step {
  return { wishes, held, ...(wakeAt === undefined ? {} : { wakeAt }) };
}

/** While what failed is tried again, it has not succeeded yet. */
function trying(scene: Scene): Step {
  return scene.census.pending.length === 0 ? NOTHING : { wishes: [], ...heldStill(scene) };
}

function heldStill({ memory: { creating } }: Scene): Pick<Step, "held"> {
  return creating === null ? {} : { held: createFailed(creating) };
}

/** As many as the course allows as they are wanted, the others as they were. */
function toCreates(slots: readonly string[], scene: Scene): readonly (Wish & { readonly as: Version })[] {
  const { declared, census, course } = scene;
  const wanted = roomIn(course, declared, census);
  const isVacated = vacatedIn(scene);
  return slots.map((slot, index) => {
    const as = index < wanted ? declared : (course.otherwise ?? declared);
    return { kind: "create", slot, why: isVacated(slot, index) ? "replaced" : "missing", as };
  });
}

/** Tells of an empty place whether a rollout or a person emptied it: this look is the first to show its member gone. */
function vacatedIn({ declared, census, memory }: Scene): (slot: string, index: number) => boolean {
  const { calls, lastCount } = memory;
  if (!calls.some(({ kind }) => kind === "destroy")) return () => false;
  const here = new Set([...census.leaving, ...census.living.map(({ seen }) => seen)].map(idOf));
  const gone = calls.filter(({ kind, instance }) => kind === "destroy" && instance !== null && !here.has(instance));
  const meant = gone.filter(({ why }) => why === "outdated" || why === "asked for").map(({ slot }) => slot);
  if (declared.slots.kind === "named") return (slot) => meant.includes(slot);
  // Numbers are all alike: only so many are meant as would be missing though nobody had vanished besides.
  const coming = calls.filter(({ kind }) => kind === "create").length;
  const count = Math.min(meant.length, declared.slots.size - (lastCount + coming - gone.length));
  return (_, index) => index < count;
}

function idOf(one: Seen | Call): string | null {
  return "id" in one ? one.id : one.instance;
}

/** There is no room for anybody else, or every number is filled. Which of the names are empty is to be seen. */
function isFull(scene: Scene): boolean {
  const { slots, rollout } = scene.declared;
  const hasRoom = headCount(scene.census) < slotCount(slots) + rollout.maxSurge;
  return !hasRoom || (slots.kind === "numbered" && missingCount(scene) === 0);
}

/** The declared places that nobody fills or is about to fill, as many as there is room for. */
function emptySlots(scene: Scene): readonly string[] {
  const { declared, census } = scene;
  const { slots, rollout } = declared;
  const room = slotCount(slots) + rollout.maxSurge - headCount(census);
  if (slots.kind === "numbered") return freeNumbers(takenSlots(census), Math.min(room, missingCount(scene)));
  const taken = takenSlots(census);
  return slots.names.filter((name) => !taken.has(name)).slice(0, room);
}

/** A place is given on only when its last bearer is gone: it may hold what only one can. */
export function takenSlots(census: Census): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { seen } of census.living) if (seen.mark.slot !== undefined) taken.add(seen.mark.slot);
  for (const { mark } of census.aside) if (mark.slot !== undefined) taken.add(mark.slot);
  for (const call of census.pending) taken.add(call.slot);
  for (const call of census.leaving) taken.add(call.slot);
  return taken;
}

/** The lowest numbers that are not taken. */
export function freeNumbers(taken: ReadonlySet<string>, count: number): readonly string[] {
  const free: string[] = [];
  for (let number = 0; free.length < count; number++) {
    const slot = String(number);
    if (!taken.has(slot)) free.push(slot);
  }
  return free;
}
