import { setTimeout as pause } from "node:timers/promises";
import type { ApplyAnswer, GroupView } from "@muster/daemon";
import { conditionOf, isConverged, MusterError } from "@muster/model";
import type { Api } from "../client/api.ts";
import { placeName } from "../print/event-line.ts";
import { reasonOf } from "../print/state.ts";

const ASK_EVERY_MS = 100;
/** What is held up may come right by itself; for so long it is hoped for. */
const HOPE_MS = 5_000;
/** As long as a change may take. */
const LONGEST_MS = 600_000;

/**
 * Asks until every group of the stack is as declared, and answers how they stand then. A signal ends the waiting, not the
 * work. Throws `look.failed` when nobody can tell how a group stands, and `group.not-converged` when it is held up
 * otherwise, or is not there after ten minutes.
 */
export async function untilConverged(api: Api, answer: ApplyAnswer, signal: AbortSignal): Promise<ApplyAnswer> {
  const begun = performance.now();
  let heldSince: number | undefined;
  for (;;) {
    const groups = (await api.groups()).filter(({ stack }) => stack === answer.stack);
    const now = performance.now();
    const open = groups.filter((group) => !isDone(group, answer.generation));
    if (open.length === 0 || signal.aborted) return { ...answer, groups };
    const held = open.find(isHeldUp);
    heldSince = held === undefined ? undefined : (heldSince ?? now);
    const late = now - begun > LONGEST_MS ? open[0] : undefined;
    const hopeless = heldSince !== undefined && now - heldSince > HOPE_MS ? held : late;
    if (hopeless !== undefined) throw isUnseen(hopeless) ? notSeen(hopeless) : notConverged(hopeless);
    // Cut short by the signal, it has ended all the same.
    await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A later declaration has taken the place of the one that is waited for: then its outcome counts. */
function isDone({ steering, status }: GroupView, generation: number): boolean {
  if (steering === "paused") return true;
  return status !== undefined && status.observedGeneration >= generation && isConverged(status);
}

function isHeldUp({ status }: GroupView): boolean {
  return status !== undefined && conditionOf(status, "Stalled")?.holds === true;
}

/** The runtime names what prevents a look so: `look.denied`. */
function isUnseen({ status }: GroupView): boolean {
  return status !== undefined && conditionOf(status, "Stalled")?.reason.startsWith("look.") === true;
}

function notSeen(view: GroupView): MusterError {
  const name = `group \`${placeName(view.stack, view.name)}\``;
  return new MusterError("look.failed", { name, detail: reasonOf(view) });
}

function notConverged(view: GroupView): MusterError {
  return new MusterError("group.not-converged", {
    group: placeName(view.stack, view.name),
    detail: reasonOf(view),
  });
}
