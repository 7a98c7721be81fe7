import { sizeOf } from "../grammar.ts";
import type { Happening } from "../happening.ts";
import type { Decision, History } from "../records.ts";
import type { Invariant } from "./invariant.ts";
import { reasonsFor, staying } from "./reasons.ts";

/**
 * No member is changed while a group is paused: it is refilled, scaled and repaired, and nobody is replaced or changed to
 * carry a change through.
 *
 * Checked when it is written down, where it was paused ever since the look began.
 */
export const paused: Invariant = {
  name: "policy: a paused group is not changed",
  on: ["wrote"],
  watch:
    ({ history }) =>
    () => {
      if (history.wave().length === 0) return undefined;
      for (const [group, wave] of Map.groupBy(history.wave(), ({ group }) => group)) {
        const since = wave[0]?.look?.began ?? wave[0]?.at ?? 0;
        const wanted = history.wantedSince(group, since);
        if (wanted.length === 0 || !wanted.every(({ steering }) => steering?.goal === "paused")) continue;
        const most = Math.max(...wanted.map(({ text }) => sizeOf(text)));
        const wrong = wave.find((decision) => isChange(decision, history)) ?? beyondSize(wave, most, history);
        if (wrong !== undefined) return `${wrong.kind} (${wrong.why}) in ${group}, which is paused`;
      }
      return undefined;
    },
};

function isChange(decision: Decision, history: History): boolean {
  if (decision.kind !== "destroy") return decision.kind === "update";
  const reasons = reasonsFor(decision, history);
  return reasons.length > 0 && reasons.every((reason) => reason === "outdated");
}

/** One that nobody has to be made for. */
function beyondSize(wave: readonly Decision[], most: number, history: History): Decision | undefined {
  const creates = wave.filter(({ kind }) => kind === "create");
  const [first] = creates;
  if (first?.look === undefined) return undefined;
  const { verdicts } = first.look;
  // Whoever is to go, and could not be destroyed yet, has left its place; and who fails may be kept to be looked into.
  const there = staying(first.look, history).filter(
    ({ id }) => !history.wasDecided("destroy", id) && verdicts.get(id)?.kind !== "fail",
  );
  return there.length + creates.length > most ? first : undefined;
}

/**
 * A group that is only observed is not touched.
 *
 * Nothing is decided that rests on a look of the time since, and nothing that was decided before is begun any more.
 */
export const observed: Invariant = {
  name: "policy: what is only observed is not touched",
  on: ["wrote", "called"],
  watch:
    ({ history }) =>
    (happening) => {
      if (happening.kind === "called") return begun(happening, history);
      const wrong = history.wave().find(({ group, look, at }) => {
        const wanted = history.wantedSince(group, look?.began ?? at);
        return wanted.length > 0 && wanted.every(({ mode }) => mode === "observe");
      });
      return wrong && `${wrong.kind} (${wrong.why}) is decided in ${wrong.group}, which is only observed`;
    },
};

function begun({ call, verb, at }: Extract<Happening, { kind: "called" }>, history: History): string | undefined {
  const { group = "", loose = false } = history.calls.get(call) ?? {};
  if (loose) return undefined;
  const wanted = history.wanted(group);
  if (wanted?.mode !== "observe" || wanted.since >= at) return undefined;
  return `call ${call} (${verb}) begins in ${group}, which is only observed`;
}
