import { type Observed, PASS, type Verdict } from "@muster/model";

/** The health of a member that nobody knows more about than its provider: it is there and runs, or it does not. */
export function presence({ id, phase, reason }: Observed): Verdict {
  switch (phase) {
    case "running":
      return PASS;
    case "ended":
      return { kind: "fail", reason: reason ?? `${id} has ended` };
    case "starting":
    case "ending":
    case "unknown":
      return { kind: "unknown", reason: reason ?? `${id} is ${phase === "unknown" ? "in an unknown state" : phase}` };
  }
}
