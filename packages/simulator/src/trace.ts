import { conditionOf, type Status } from "@muster/model";
import type { Happening } from "./happening.ts";
import type { Violation } from "./invariants/invariant.ts";
import { markOf } from "./marks.ts";
import { BEGINS, type Hearing, type Report } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulate.ts";

/** A way to run a scenario, that tells what happens. */
export type Audible = (what: string | Scenario, hearing: Hearing) => Report | Promise<Report>;

/**
 * Everything that happens in a scenario, a line each. It is run for that: the same scenario always gives the same run, and
 * those of which nobody wants to read need not keep anything.
 */
export async function traceOf(what: string | Scenario, run: Audible = simulate): Promise<readonly string[]> {
  const heard: (Happening | Violation)[] = [];
  await run(what, { hear: (each) => heard.push(each) });
  return heard.map(lineOf);
}

/** A happening as a line for a person: `+12.345 s  Muster 2 creates web/0 (call 7)`; or what it has violated. */
function lineOf(happening: Happening | Violation): string {
  if ("invariant" in happening) return `        VIOLATED ${happening.invariant}: ${happening.detail}`;
  const time = `+${((happening.at - BEGINS) / 1_000).toFixed(3)} s`.padStart(14);
  return `${time}  ${textOf(happening)}`;
}

function textOf(happening: Happening): string {
  switch (happening.kind) {
    case "started":
      return `Muster ${happening.life} starts`;
    case "holds":
      return `Muster ${happening.life} holds the stack`;
    case "froze":
      return `Muster ${happening.life} is stopped for ${happening.ms} ms`;
    case "thawed":
      return `Muster ${happening.life} goes on`;
    case "crashed":
      return `Muster ${happening.life} is killed ${happening.point}`;
    case "closed":
      return `Muster ${happening.life} has ended`;
    case "asked":
      return `a person: ${happening.what} ${happening.doomed.join(" ")}`.trimEnd();
    case "acknowledged":
      return `acknowledged: ${happening.what}`;
    case "refused":
      return `refused: ${happening.what}: ${happening.why}`;
    case "befell":
      return `${happening.id} ${happening.what}`;
    case "called": {
      const { owner, slot } = markOf(happening.tags);
      const what = happening.verb === "create" ? `${owner}/${slot}` : happening.id;
      return `call ${happening.call}: ${happening.verb} ${what}`;
    }
    case "took":
      return `call ${happening.call} takes effect: ${happening.verb} ${happening.id}${happening.idle ? " (gone already)" : ""}`;
    case "answered":
      return `call ${happening.call} ends: ${happening.how}${happening.late ? ", and takes effect later" : ""}`;
    case "abandoned":
      return `call ${happening.call} has lost its caller${happening.late ? ", and takes effect later" : ""}`;
    case "looked": {
      const { shown, group, began, at } = happening;
      const members = shown.map(({ id, tags }) => `${id}=${markOf(tags).slot}`).join(" ");
      return `look at ${group}, begun ${at - began} ms ago: ${members || "nobody"}`;
    }
    case "judged":
      return `health of ${happening.verdicts.map(([id, { kind }]) => `${id}: ${kind}`).join(", ")}`;
    case "wrote": {
      const { declaration, memory, events } = happening;
      const parts = [
        ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration?.document.data ?? null)}`]),
        ...Object.keys(memory).map((group) => `memory of ${group}`),
        ...events.map(({ type, group = "", cause, message }) => `${type} ${group} (${cause}): ${message}`),
      ];
      return `written: ${parts.join("; ")}`;
    }
    case "unwritten":
      return `not written: ${happening.why}`;
    case "status":
      return `status of ${happening.group}: ${wordsOf(happening.status)}`;
    case "calmed":
      return "--- from here on nothing goes wrong";
    case "rested":
      return "--- everything is as declared";
    case "ended":
      return "--- the end";
  }
}

function wordsOf(status: Status): string {
  const held = status.conditions.filter(({ holds }) => holds).map(({ name, reason }) => `${name} (${reason})`);
  const message = conditionOf(status, "Converged")?.message ?? "";
  return `generation ${status.generation}, ${status.ready} of ${status.desired} ready, ${held.join(", ") || "-"}: ${message}`;
}
