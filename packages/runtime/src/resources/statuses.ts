/** How resources stand after a pass. */
import type { ResourceStatus } from "@muster/model";
import type { Visited } from "./visited.ts";

export function statusOf({ address, end, step, id }: Visited): ResourceStatus {
  const common = { address, ...(id === undefined ? {} : { id }) };
  switch (end.kind) {
    case "kept":
      return { ...common, state: "kept", ...(end.note === undefined ? {} : { message: end.note }) };
    case "planned":
    case "done":
      return {
        ...common,
        state: "changing",
        ...(step === undefined ? {} : { message: `${step.effect}: ${step.why}` }),
      };
    case "waiting":
      return { ...common, state: "changing", message: end.message };
    case "failed":
      return { ...common, state: "failed", message: end.message };
    case "skipped":
      return { ...common, state: "skipped", message: end.message };
    case "untold":
      return {
        ...common,
        state: "failed",
        message: end.message,
        ...(end.next === undefined ? {} : { next: end.next }),
      };
    case "held": {
      const reason = step?.held?.reason;
      const isSeen = reason === "observe" || reason === "reported";
      const why = step?.held === undefined ? step?.why : `${step.why}: ${step.held.message}`;
      return {
        ...common,
        state: isSeen ? "drifted" : "held",
        ...(why === undefined ? {} : { message: why }),
        ...(step?.next === undefined ? {} : { next: step.next }),
      };
    }
  }
}
