import { conditionOf, type Status } from "@muster/model";
import type { Happening } from "./happening.ts";
import { markOf } from "./marks.ts";

/** A happening as a line for a person: `+12.345 s  Muster 2 creates web/0 (call 7)`. */
export function lineOf(happening: Happening, began: number): string {
  const time = `+${((happening.at - began) / 1_000).toFixed(3)} s`.padStart(14);
  return `${time}  ${textOf(happening)}`;
}

function textOf(happening: Happening): string {
  switch (happening.kind) {
    case "started":
      return `Muster ${happening.life} starts`;
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
      return `health of ${happening.id}: ${happening.verdict.kind}`;
    case "wrote": {
      const { declaration, memory, events } = happening;
      const parts = [
        ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration?.document.data ?? null)}`]),
        ...Object.keys(memory).map((group) => `memory of ${group}`),
        ...events.map(({ type, group = "", cause, message }) => `${type} ${group} (${cause}): ${message}`),
      ];
      return `written: ${parts.join("; ")}`;
    }
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
