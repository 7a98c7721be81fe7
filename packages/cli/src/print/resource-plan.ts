/** What would happen to resources, in words: a line for each step, and below it what differs. */
import {
  isRefusal,
  type ReleasedResource,
  type ResourceEffect,
  type ResourceStep,
  type ResourcesPlan,
  type UnmanagedThing,
} from "@muster/model";
import type { Printer } from "../cli.ts";
import { type Color, paint, plain } from "./paint.ts";
import { awayText, changeLines, priceText } from "./property-change.ts";

/** Something is to be done, or nothing could be told. What is only listed is no change. */
export function changesResources({ steps, untold }: ResourcesPlan): boolean {
  return steps.length > 0 || untold.length > 0;
}

/** Whoever applies it is refused. */
export function refusesResources({ steps }: ResourcesPlan): boolean {
  return steps.some(isRefusal);
}

/** @returns whole lines; nothing where there is nothing to tell */
export function resourcesText(stack: string, plan: ResourcesPlan, printer: Pick<Printer, "colors">): string {
  const lines = [
    ...plan.steps.flatMap((step) => stepLines(step, printer)),
    ...plan.untold.map(({ address, trouble }) => {
      return `${paint(printer, "red", "!")} ${plain(address)}  ${paint(printer, "red", `cannot be told: ${plain(trouble.message)}`)}`;
    }),
    ...plan.released.map(releasedLine),
    ...unmanagedLines(plan.unmanaged),
    ...(changesResources(plan) ? [summaryOf(plan)] : []),
  ];
  return lines.length === 0
    ? ""
    : `${[`${plain(stack)}  resources`, ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

interface Style {
  readonly sign: string;
  readonly color: Color;
  readonly words: string;
  /** For the last line: `3 to make`. */
  readonly count: string;
}

const STYLES: Readonly<Record<ResourceEffect, Style>> = {
  create: { sign: "+", color: "green", words: "create", count: "to make" },
  adopt: { sign: "+", color: "green", words: "adopt", count: "to adopt" },
  "in-place": { sign: "~", color: "blue", words: "change in place", count: "to change" },
  restart: { sign: "~", color: "yellow", words: "change and restart", count: "to change" },
  replace: { sign: "-/+", color: "yellow", words: "replace", count: "to replace" },
  destroy: { sign: "-", color: "red", words: "destroy", count: "to destroy" },
  run: { sign: ">", color: "cyan", words: "run", count: "to run" },
  refresh: { sign: ">", color: "cyan", words: "refresh", count: "to refresh" },
  impossible: { sign: "!", color: "red", words: "impossible", count: "impossible" },
};
/** Of what is taken in nothing goes on as it was where it differs. */
const ADOPT_AND_CHANGE: Style = {
  sign: "~",
  color: "blue",
  words: "adopt and change",
  count: "to adopt and change",
};
const HELD = "held";

function styleOf({ effect, changes }: Pick<ResourceStep, "effect" | "changes">): Style {
  return effect === "adopt" && changes.length > 0 ? ADOPT_AND_CHANGE : STYLES[effect];
}

function stepLines(step: ResourceStep, printer: Pick<Printer, "colors">): readonly string[] {
  const { address, effect, held, next, changes, price, after } = step;
  const { sign, color, words } = styleOf(step);
  const shown = held === undefined ? color : "red";
  const head = [
    `${paint(printer, shown, held === undefined ? sign : "!")} ${plain(address)}  ${paint(printer, shown, words)}`,
    effect === "impossible" ? `: ${plain(step.why)}` : ` (${plain(step.why)})`,
    ...(after.length === 0 ? [] : [paint(printer, "dim", `, after ${after.map(plain).join(", ")}`)]),
  ].join("");
  const below = [
    ...changes.flatMap((change) => changeLines(change, step)),
    ...awayAlone(step),
    ...(price === undefined ? [] : priceText(price)),
    ...(held === undefined ? [] : [paint(printer, "red", `${HELD}: ${plain(held.message)}`)]),
    ...(next === undefined ? [] : [`next: ${plain(next)}`]),
  ];
  return [head, ...below.map((line) => `    ${line}`)];
}

/** How long it is away stands with the change that costs it; where none does, on a line of its own. */
function awayAlone({ changes, downtimeMs }: ResourceStep): readonly string[] {
  const isTold = changes.some(({ effect }) => effect === "restart" || effect === "replace");
  return downtimeMs === undefined || isTold ? [] : [awayText(downtimeMs)];
}

function releasedLine({ address, protect }: ReleasedResource): string {
  return `${plain(address)}  no longer declared: it stays${protect ? ", and is protected" : ""}`;
}

/** More lines than these tell a person less. */
const MOST_UNMANAGED = 10;

function unmanagedLines(things: readonly UnmanagedThing[]): readonly string[] {
  const lines = things.slice(0, MOST_UNMANAGED).map(({ type, id, name }) => {
    return `${plain(type)} ${plain(name ?? id)}${name === undefined || name === id ? "" : ` (${plain(id)})`}  declared nowhere`;
  });
  const more = things.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more, declared nowhere (--output json has all)`] : lines;
}

/** `3 to make, 1 to change, 2 as declared`. */
function summaryOf({ steps, unchanged, untold }: ResourcesPlan): string {
  const counts = new Map<string, number>();
  for (const step of steps) {
    const word = step.held === undefined ? styleOf(step).count : HELD;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const order = [...[...Object.values(STYLES), ADOPT_AND_CHANGE].map(({ count }) => count), HELD];
  const words = [...new Set(order)].flatMap((word) => {
    const count = counts.get(word);
    return count === undefined ? [] : [`${count.toLocaleString("en-GB")} ${word}`];
  });
  if (untold.length > 0) words.push(`${untold.length} cannot be told`);
  if (unchanged > 0) words.push(`${unchanged.toLocaleString("en-GB")} as declared`);
  return words.join(", ");
}
