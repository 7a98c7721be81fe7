import type { Decision, History } from "../records.ts";
import type { Invariant } from "./invariant.ts";
import { reasonsFor, staying } from "./reasons.ts";

/** A quarantined revision is tried again no more often than this. */
const TRIED_EVERY_MS = 600_000;

interface Quarantine {
  readonly image: string;
  triedAt: number;
}

/**
 * A revision that was said to be quarantined is tried seldom, and one of its members that fail is kept to be looked into.
 *
 * Checked where they are written down, from the event that tells of the quarantine to the one that tells of its end: two
 * creates of it are ten minutes apart; and the last that fails is not taken away where there is room to try it beside.
 */
export const quarantine: Invariant = {
  name: "4 quarantine keeps one, and tries seldom",
  on: ["wrote"],
  watch: ({ history }) => {
    const quarantines = new Map<string, Quarantine>();
    return (happening) => {
      if (happening.kind !== "wrote") return undefined;
      for (const group of quarantines.keys()) if (!history.groups().includes(group)) quarantines.delete(group);
      for (const { type, group = "" } of happening.events) {
        const image = history.wanted(group)?.aim.image;
        if (type === "revision.released") quarantines.delete(group);
        // Between the decision and its being written down Muster may have been stopped for a while.
        const decidedAt = history.lookOf(happening.life, group)?.ended ?? happening.at;
        if (type === "revision.quarantined" && image !== undefined)
          quarantines.set(group, { image, triedAt: decidedAt });
      }
      return history
        .wave()
        .map((decision) => breach(decision, quarantines.get(decision.group), history))
        .find((each) => each !== undefined);
    };
  },
};

function breach(decision: Decision, known: Quarantine | undefined, history: History): string | undefined {
  if (known === undefined) return undefined;
  const { kind, group, at, look } = decision;
  const wanted = history.wantedSince(group, look?.began ?? at);
  // What is made beside it as it was before is none of it.
  if (!wanted.every(({ aim, former }) => aim.image === known.image && former === undefined)) return undefined;
  if (kind === "create") {
    const tooEarly = at < known.triedAt + TRIED_EVERY_MS;
    const ago = at - known.triedAt;
    known.triedAt = at;
    return tooEarly ? `${known.image} is made in ${group} ${ago} ms after it was quarantined or tried` : undefined;
  }
  if (kind !== "destroy" || look === undefined) return undefined;
  const reasons = reasonsFor(decision, history);
  if (reasons.length === 0 || !reasons.every((reason) => reason === "unhealthy")) return undefined;
  if (wanted.some(({ text, promised }) => typeof text.size !== "number" || promised.canary > 0)) return undefined;
  const there = staying(look, history).filter(({ id }) => id !== decision.instance);
  const deadline = Math.min(...wanted.map(({ promised }) => promised.healthyDeadlineMs));
  const others = there.filter(
    ({ id }) => look.verdicts.get(id)?.kind !== "pass" || history.trials.hasFailed(id, deadline, at),
  );
  const creates = [...history.unresolved()].filter((call) => call.group === group && call.verb === "create");
  const hasRoom = wanted.every(({ promised }) => there.length + 1 + creates.length < promised.most);
  if (others.length > 0 || !hasRoom) return undefined;
  return `${decision.instance} is the last of the quarantined ${known.image} in ${group}, and is not kept`;
}
