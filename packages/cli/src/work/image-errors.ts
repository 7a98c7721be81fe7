import { MusterError, MusterErrors } from "@muster/model";

/** Several failures as one that can be thrown. */
export function allOf(errors: readonly MusterError[]): MusterError | MusterErrors {
  const [first, ...others] = errors;
  if (first === undefined) return new MusterError("internal", { detail: "nothing has failed" });
  return others.length === 0 ? first : new MusterErrors([first, ...others]);
}
