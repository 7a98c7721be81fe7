import { setTimeout as pause } from "node:timers/promises";
import type { ApplyAnswer, GroupView } from "@muster/daemon";
import { conditionOf } from "@muster/model";
import type { Api } from "../client/api.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { endOf, outlookOf, SILENT_MS, type Spell, spellOf } from "./outlook.ts";

const ASK_EVERY_MS = 100;
/** What a group says when its own deadline has passed comes so much later at most. */
const TOLD_MS = 60_000;

/**
 * Asks until every group of the stack is as declared, or waits for somebody to say more, and answers how they stand then.
 * A signal ends the waiting, not the work. How long a rollout may take is its own policy's to say: here it is waited for as
 * long as anything moves. Throws what `outlookOf` says of a group that has failed, and `group.not-converged` of one that
 * stands still.
 */
export async function untilConverged(api: Api, answer: ApplyAnswer, signal: AbortSignal): Promise<ApplyAnswer> {
  const spells = new Map<string, Spell>();
  for (;;) {
    const groups = (await api.groups()).filter(({ stack }) => stack === answer.stack);
    const now = performance.now();
    let open = false;
    for (const view of groups) {
      const outlook = outlookOf(view, answer.generation);
      const spell = spellOf(spells.get(view.name), view, outlook, now);
      spells.set(view.name, spell);
      if (signal.aborted || outlook.kind === "done") continue;
      open = true;
      const error = endOf(view, outlook, spell, now, await patienceWith(api, view, spell, now));
      if (error !== undefined) throw error;
    }
    if (!open) return { ...answer, groups };
    // Cut short by the signal, it has ended all the same.
    await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** For how long it may stand still: its own deadline may be longer than what suits most. */
async function patienceWith(api: Api, { stack, name }: GroupView, { since }: Spell, now: number): Promise<number> {
  if (now - since <= SILENT_MS) return SILENT_MS;
  const { policy } = await api.group(stack, name);
  return Math.max(SILENT_MS, (policy?.rollout.progressDeadlineMs ?? 0) + TOLD_MS);
}

/** What somebody has to say before it goes on, group by group. */
export function awaitedText({ groups }: Pick<ApplyAnswer, "groups">): string {
  return groups.map((view) => awaited(view)).join("");
}

function awaited({ stack, name, steering, status }: GroupView): string {
  const place = placeName(stack, name);
  if (steering === "paused") return `${place}: paused: changes wait until \`muster group resume ${place}\`\n`;
  const converged = status && conditionOf(status, "Converged");
  return converged?.reason === "CanaryWaits" ? `${place}: ${plain(converged.message)}\n` : "";
}
