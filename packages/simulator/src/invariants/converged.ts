import { isConverged } from "@muster/model";
import { sizeOf } from "../grammar.ts";
import type { Happening } from "../happening.ts";
import type { Evidence, Invariant } from "./invariant.ts";

/**
 * `Converged` is said only when it is true: the declared number, at the declared image and note, all passing.
 *
 * Checked against the last whole list that this life was shown and what the flavor said of it: where lists do not lag,
 * that is the truth at that time. What was declared is that of the status's own generation.
 */
export const converged: Invariant = {
  name: "5 Converged is true",
  on: ["status"],
  watch: (evidence) => (happening) =>
    happening.kind === "status" && isConverged(happening.status) ? falsehood(happening, evidence) : undefined,
};

function falsehood(
  { life, group, status }: Extract<Happening, { kind: "status" }>,
  { history }: Evidence,
): string | undefined {
  // Another one that has lost the stack, and does not know it, speaks of what it was told to keep.
  if (life !== history.holder()) return undefined;
  const look = history.lookOf(life, group);
  if (look === undefined) return `${group} is said to be converged, and nobody has looked`;
  const wanted = history.wantedSince(group, look.began);
  const lies = wanted.map(({ text, steering, mode }) => {
    const size = steering?.goal === "destroying" && mode === "enforce" ? 0 : sizeOf(text);
    if (look.shown.length !== size) return `${look.shown.length} members are there, and ${size} are wanted`;
    const other = look.shown.find(
      ({ properties }) => properties["image"] !== text.image || properties["note"] !== text.note,
    );
    return other === undefined ? undefined : `${other.id} is not as declared`;
  });
  const ill = look.shown.find(({ id }) => look.verdicts.get(id)?.kind !== "pass");
  const lie = ill === undefined ? lies.find((each) => each !== undefined) : `${ill.id} does not pass`;
  if (lie === undefined || (ill === undefined && lies.includes(undefined))) return undefined;
  return `${group} is said to be converged at generation ${status.generation}, and ${lie}`;
}
