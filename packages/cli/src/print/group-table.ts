/** Groups, a line each. */
import type { GroupView } from "@muster/daemon";
import { placeName } from "./event-line.ts";
import { plain } from "./paint.ts";
import { progressOf, reasonOf } from "./state.ts";
import { table } from "./table.ts";

export function groupTable(views: readonly GroupView[]): string {
  return table([HEAD, ...views.map(row)]);
}

const HEAD = ["GROUP", "TYPE", "SIZE", "READY", "STATE", "REASON"];

function row(view: GroupView): readonly string[] {
  const { stack, name, type, size, status } = view;
  const ready = String(status?.ready ?? "-");
  return [placeName(stack, name), type, String(size), ready, progressOf(view), plain(reasonOf(view))];
}
