import { type Observed, PASS, type Verdict } from "@muster/model";

/** The health of a member that nobody knows more about than its provider: it is there, runs and is not ill, or not. */
export function presence({ id, phase, reason, ill }: Observed): Verdict {
  switch (phase) {
    case "running":
      return ill === undefined ? PASS : { kind: "fail", reason: ill };
    case "ended":
      return { kind: "fail", reason: reason ?? `${id} has ended` };
    case "starting":
    case "ending":
    case "unknown":
      return { kind: "unknown", reason: reason ?? `${id} is ${phase === "unknown" ? "in an unknown state" : phase}` };
  }
}
