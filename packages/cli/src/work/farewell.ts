import type { Daemon } from "@muster/daemon";
import type { StackKeeper } from "@muster/runtime";
import { placeName } from "../print/event-line.ts";
import type { ReadStack } from "./read-stack.ts";

/**
 * The groups that a Muster keeps, by the name people call them, with how many members each has now. Of a group that was
 * declared once and not looked at since, because something else went wrong first, nothing is known.
 */
export function membersLeft(daemon: Daemon): ReadonlyMap<string, number> {
  const known = (keeper: StackKeeper) => keeper.groups().filter(({ status }) => status !== undefined);
  const groups = daemon.keepers().flatMap((keeper) => known(keeper).map((view) => ({ keeper, view })));
  return new Map(groups.map(({ keeper, view }) => [placeName(view.stack, view.name), keeper.seen(view.name).length]));
}

/** What a person should know at the end: what stays, how to go on with it, and how to be rid of it. */
export function farewell(
  stacks: readonly Pick<ReadStack, "file" | "stack">[],
  left: ReadonlyMap<string, number>,
  places: readonly string[],
): readonly string[] {
  const staying = [...left].filter(([, count]) => count > 0);
  const total = staying.reduce((sum, [, count]) => sum + count, 0);
  const goOn = `  go on:    muster watch ${stacks.map(({ file }) => file).join(" ")}`;
  if (total === 0) {
    const resources = stacks.filter(({ stack }) => Object.keys(stack.resources).length > 0);
    if (resources.length === 0) return ["Ended. No instance is kept any more."];
    return ["Ended. The resources stay as they are, and nobody keeps them any more.", goOn];
  }
  return [
    `Ended. ${total === 1 ? "1 instance stays" : `${total} instances stay`}: ${places.join(", ")}.`,
    goOn,
    ...staying.map(([group]) => `  clean up: muster group destroy ${group}, while Muster runs`),
  ];
}
