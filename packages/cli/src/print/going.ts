/** What goes with a whole stack: a line for each of its resources and groups. */
import { type Stack, slotCount } from "@muster/model";
import type { Printer } from "../cli.ts";
import { placeName } from "./event-line.ts";
import { paint, plain } from "./paint.ts";

/** @returns whole lines, those that go first first */
export function goingText({ name, groups, resources }: Stack, printer: Pick<Printer, "colors">): string {
  const sign = paint(printer, "red", "-");
  const word = paint(printer, "red", "destroy");
  const things = Object.values(resources).flatMap(({ address, ensure, protect }) => {
    if (ensure === "absent") return [];
    return [`${sign} ${plain(address)}  ${word}${protect ? " (protected: nothing is destroyed)" : ""}`];
  });
  const herds = Object.values(groups).map((group) => {
    const count = slotCount(group.slots);
    const members = count === 1 ? "1 member" : `${count} members`;
    return `${sign} ${placeName(name, group.name)}  ${word} ${members} of ${plain(group.template.name)}`;
  });
  const lines = [...herds, ...things.toReversed()];
  return `${[plain(name), ...(lines.length === 0 ? ["has nothing"] : lines)].join("\n  ")}\n`;
}
