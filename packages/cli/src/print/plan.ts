/** A plan in words: only what changes, each group with its steps in order, and many alike as one. */
import {
  type FilePlan,
  type GroupPlan,
  isRefusal,
  type PlanStep,
  type StackPlan,
  type StepEffect,
} from "@muster/model";
import type { Printer } from "../cli.ts";
import { placeName } from "./event-line.ts";
import { type Color, paint, plain } from "./paint.ts";
import { awayText, changeLines, priceText } from "./property-change.ts";
import { changesResources, refusesResources, resourcesText } from "./resource-plan.ts";

export function plansText(plans: readonly StackPlan[], printer: Pick<Printer, "colors">): string {
  const text = plans.map((plan) => planText(plan, printer)).join("");
  return plans.some(hasChanges) ? text : `${text}Nothing to do.\n`;
}

/** There is something to do, or to know, that is not so already. */
export function hasChanges({ changed, groups, files = [], resources }: StackPlan): boolean {
  const changesAny = resources !== undefined && changesResources(resources);
  return changed || groups.some(isShown) || files.some(isFileShown) || changesAny;
}

/** Whoever applies it is refused. */
export function isRefused({ groups, resources }: StackPlan): boolean {
  const refusesAny = resources !== undefined && refusesResources(resources);
  return refusesAny || groups.some(({ steps }) => steps.some(isRefusal));
}

function planText(plan: StackPlan, printer: Pick<Printer, "colors">): string {
  const { stack, changed, changes } = plan;
  const shown = plan.groups.filter(isShown);
  const files = (plan.files ?? []).filter(isFileShown);
  const resources = plan.resources === undefined ? "" : resourcesText(stack, plan.resources, printer);
  const beside = changes.length > 0 || (changed && shown.length === 0 && files.length === 0 && resources === "");
  const what = changes.length > 0 ? changes.join(", ") : unseenWords(plan);
  const head = beside ? `${stack}  declared otherwise: ${what}\n` : "";
  const fileLines = files.map((file) => `${plain(file.path)}  ${fileWords(file, printer)}\n`);
  return [head, resources, ...shown.map((group) => groupText(stack, group, printer)), ...fileLines].join("");
}

/** Of a declaration that is another, and does nothing. */
function unseenWords({ generation, resources }: StackPlan): string {
  if (resources !== undefined) return "its resources are so already";
  return generation === 0 ? "new, without groups" : "in other words";
}

function isFileShown({ effect, held }: FilePlan): boolean {
  return effect !== "none" || held !== undefined;
}

function fileWords({ effect, changes, held }: FilePlan, printer: Pick<Printer, "colors">): string {
  if (held !== undefined) return paint(printer, "red", `left as it is: ${plain(held.message)}`);
  switch (effect) {
    case "create":
      return paint(printer, "green", "create");
    case "in-place":
      return `${paint(printer, "blue", "change in place")}: ${changes.join(", ")}`;
    case "none":
      return "as declared";
    case "released":
      return "no longer declared: it stays";
  }
}

function isShown({ declared, steps, held, untold }: GroupPlan): boolean {
  return declared !== "unchanged" || steps.length > 0 || held !== undefined || untold !== undefined;
}

function groupText(stack: string, plan: GroupPlan, printer: Pick<Printer, "colors">): string {
  const lines = [
    ...plan.steps.flatMap((step) => stepLines(step, plan, printer)),
    ...awayLine(plan),
    ...plan.notes.map(plain),
    ...(plan.held === undefined ? [] : [paint(printer, "red", plain(plan.held.message))]),
    ...(plan.untold === undefined ? [] : [paint(printer, "red", `cannot be told: ${plain(plan.untold.message)}`)]),
  ];
  const [only, ...others] = lines;
  const head = `${placeName(stack, plan.group)}  ${headOf(plan)}`;
  // What needs one line gets one.
  if (plan.declared === "released" && only !== undefined && others.length === 0) {
    return `${placeName(stack, plan.group)}  ${only}\n`;
  }
  return `${[head, ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

function headOf({ declared, type, size, changes }: GroupPlan): string {
  const [before, after] = [size.before ?? 0, size.after ?? 0];
  switch (declared) {
    case "new":
      return `new: ${members(after)} of ${type}`;
    case "changed": {
      const words = changes.map((key) => (key === "size" ? `size ${number(before)} → ${number(after)}` : plain(key)));
      return `declared otherwise: ${words.join(", ")}`;
    }
    case "unchanged":
      return "declared as before";
    case "released":
      return "no longer declared";
  }
}

const COLORS: Readonly<Record<StepEffect, Color>> = {
  create: "green",
  adopt: "green",
  none: "dim",
  "in-place": "blue",
  restart: "yellow",
  replace: "yellow",
  destroy: "red",
  impossible: "red",
};

function stepLines(step: PlanStep, plan: GroupPlan, printer: Pick<Printer, "colors">): readonly string[] {
  const { effect, awaits, next, held } = step;
  const gate = gateLines(awaits);
  const below = meaningLines(step).map((line) => `  ${line}`);
  const out = next === undefined ? [] : [`next: ${plain(next)}`];
  if (effect === "impossible") {
    return [...gate, `${paint(printer, COLORS.impossible, WORDS.impossible)}: ${plain(step.why)}`, ...below, ...out];
  }
  const word = paint(printer, held === undefined ? COLORS[effect] : "red", WORDS[effect]);
  const why = plan.declared === "new" && step.why === "missing" ? "" : ` (${plain(step.why)})`;
  const head = `${word} ${members(step.count)}${pace(step)}${why}${whoOf(step)}`;
  const hold = held === undefined ? [] : [`  ${paint(printer, "red", `held: ${plain(held.message)}`)}`];
  return [...gate, head, ...below, ...hold, ...out.map((line) => `  ${line}`)];
}

/** What its provider tells of a step: of each of its members. */
function meaningLines(step: PlanStep): readonly string[] {
  const { changes = [], downtimeMs, price, count } = step;
  const isTold = changes.some(({ effect }) => effect === "restart" || effect === "replace");
  const each = count === 1 ? "" : " each";
  return [
    ...changes.flatMap((change) => changeLines(change, step)),
    ...(downtimeMs === undefined || isTold ? [] : [`${awayText(downtimeMs)}${each}`]),
    ...(price === undefined ? [] : priceText(price).map((line) => `${line}${each}`)),
  ];
}

function gateLines(gate: PlanStep["awaits"]): readonly string[] {
  return gate === undefined ? [] : [`${plain(gate.message)}:`, ...gateLines(gate.then)];
}

const WORDS: Readonly<Record<StepEffect, string>> = {
  create: "create",
  adopt: "adopt",
  none: "leave",
  "in-place": "change in place",
  restart: "change and restart",
  replace: "replace",
  destroy: "destroy",
  impossible: "impossible",
};

function pace({ count, atOnce }: PlanStep): string {
  if (atOnce >= count) return "";
  return atOnce === 1 ? ", one at a time" : ` in batches of ${number(atOnce)}`;
}

/** More names than these tell a person less. */
const NAMED = 3;

/** Those that have a name of their own: a number says nothing. */
function whoOf({ members: named, count }: PlanStep): string {
  const names = named.flatMap(({ slot, id }) => (isNumber(slot) ? (id ?? []) : slot));
  if (names.length === 0) return "";
  const most = count <= NAMED + 1 ? names.length : NAMED;
  const more = count - Math.min(most, names.length);
  return `: ${names.slice(0, most).map(plain).join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}`;
}

function isNumber(slot: string): boolean {
  return /^\d*$/.test(slot);
}

/** What a group that is there has to bear; of one that is made there is nobody to miss. */
function awayLine({ away, size, steps }: GroupPlan): readonly string[] {
  const all = size.after ?? 0;
  const disturbs = steps.some(({ effect }) => effect !== "create");
  if (away === null || size.before === null || all === 0 || (!disturbs && away.now === 0)) return [];
  const now = away.now > 0 ? `, ${number(away.now)} now` : "";
  return [away.most === 0 ? "nobody is away meanwhile" : `at most ${number(away.most)} of ${number(all)} away${now}`];
}

function members(count: number): string {
  return count === 1 ? "1 member" : `${number(count)} members`;
}

function number(count: number): string {
  return count.toLocaleString("en-GB");
}
