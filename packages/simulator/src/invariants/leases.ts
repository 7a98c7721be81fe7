import type { Invariant } from "./invariant.ts";

/**
 * Of two managers only the one that holds the stack acts: nothing is written by anybody else, and nobody calls who has
 * never held it. What was written down before the stack was taken may still be called afterwards, and nothing else.
 */
export const leases: Invariant = {
  name: "two managers: only who holds the stack acts",
  on: ["holds", "wrote", "called"],
  watch: ({ history }) => {
    /** Each holder, and until when: the last one still holds it. */
    const held = new Map<number, number>();
    return (happening) => {
      switch (happening.kind) {
        case "holds":
          for (const [life, until] of held) held.set(life, Math.min(until, happening.at));
          held.set(happening.life, Number.POSITIVE_INFINITY);
          return undefined;
        case "wrote":
          return happening.life === history.holder()
            ? undefined
            : `Muster ${happening.life} writes, and Muster ${history.holder()} holds the stack`;
        case "called": {
          const { call, life } = happening;
          const until = held.get(life);
          if (until === undefined) return `call ${call} is Muster ${life}'s, which has never held the stack`;
          const decidedAt = history.calls.get(call)?.decision?.at ?? happening.at;
          return decidedAt <= until ? undefined : `call ${call} was decided after Muster ${life} had lost the stack`;
        }
        default:
          return undefined;
      }
    };
  },
};
