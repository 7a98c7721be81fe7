import type { WeighedWish } from "@muster/daemon";
import type { Printer } from "../cli.ts";
import { paint, plain } from "./paint.ts";
import { awayText, changeLines, priceText } from "./property-change.ts";

/** What was done to a thing, with what of it. */
export function wishText(wish: WeighedWish, printer: Pick<Printer, "colors">): string {
  const { type, name, id, effect, changes, downtimeMs, price } = wish;
  const what = `${plain(type)} ${plain(name)}${id === undefined || id === name ? "" : ` (${plain(id)})`}`;
  const below = [
    ...changes.flatMap((change) => changeLines(change, { effect })),
    ...(downtimeMs === undefined ? [] : [awayText(downtimeMs)]),
    ...(price === undefined ? [] : priceText(price)),
  ];
  const { word, color } = DONE[effect];
  return `${[`${what}  ${paint(printer, color, word)}`, ...below.map((line) => `  ${line}`)].join("\n")}\n`;
}

const DONE = {
  none: { word: "is so already", color: "dim" },
  create: { word: "made", color: "green" },
  "in-place": { word: "changed", color: "blue" },
  restart: { word: "changed and restarted", color: "yellow" },
  destroy: { word: "destroyed", color: "red" },
} as const;
