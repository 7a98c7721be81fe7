import type { WeighedWish } from "@muster/daemon";
import type { Printer } from "../cli.ts";
import { paint, plain } from "./paint.ts";
import { awayText, changeLines, priceText } from "./property-change.ts";

/** What was done to a thing, or would be, with what of it. */
export function wishText(wish: WeighedWish, printer: Pick<Printer, "colors">, when: "would" | "did" = "did"): string {
  const { type, name, id, effect, changes, downtimeMs, price } = wish;
  const what = `${plain(type)} ${plain(name)}${id === undefined || id === name ? "" : ` (${plain(id)})`}`;
  const below = [
    ...changes.flatMap((change) => changeLines(change, { effect })),
    ...(downtimeMs === undefined ? [] : [awayText(downtimeMs)]),
    ...(price === undefined ? [] : priceText(price)),
  ];
  const { would, did, color } = WORDS[effect];
  return `${[`${what}  ${paint(printer, color, when === "would" ? would : did)}`, ...below.map((line) => `  ${line}`)].join("\n")}\n`;
}

const WORDS = {
  none: { would: "is so already", did: "is so already", color: "dim" },
  create: { would: "make", did: "made", color: "green" },
  "in-place": { would: "change in place", did: "changed", color: "blue" },
  restart: { would: "change and restart", did: "changed and restarted", color: "yellow" },
  destroy: { would: "destroy", did: "destroyed", color: "red" },
} as const;
