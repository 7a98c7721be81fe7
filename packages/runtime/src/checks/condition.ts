/** Whether checks hold, as a condition. */
import type { Look } from "@muster/engine";
import type { Condition, Status } from "@muster/model";

/** What does not hold, and what nobody could tell, each in a sentence. */
export function checksHold(failing: readonly string[], unknown: readonly string[], well: string): Condition {
  if (failing.length > 0) {
    return { name: "ChecksHold", holds: false, reason: "ChecksFail", message: firstOf(failing) };
  }
  if (unknown.length > 0) {
    return { name: "ChecksHold", holds: false, reason: "ChecksUnknown", message: firstOf(unknown) };
  }
  return { name: "ChecksHold", holds: true, reason: "ChecksHold", message: well };
}

function firstOf([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first}; and ${others.length} more`;
}

/** The status of a group that has checks with what they say of its members. Of a look that failed nothing is told. */
export function withChecks(status: Status, look: Look): Status {
  if (look.kind === "failed") return status;
  const failing: string[] = [];
  const unknown: string[] = [];
  for (const [id, verdict] of look.verdicts) {
    if (verdict.kind === "pass" || verdict.by !== "checks") continue;
    (verdict.kind === "fail" ? failing : unknown).push(`${id}: ${verdict.reason}`);
  }
  const condition = checksHold(failing, unknown, "the checks of all healthy members hold");
  return { ...status, conditions: [...status.conditions, condition] };
}
