/** Stacks, and how what they have stands. */
import { isConverged, type ResourceStatus } from "@muster/model";
import type { KeptStack } from "../client/holders.ts";
import { groupTable } from "./group-table.ts";
import { plain } from "./paint.ts";
import { table } from "./table.ts";

/** How many of each are as declared. */
export function stackTable(stacks: readonly KeptStack[]): string {
  const rows = stacks.map(({ stack, groups, resources: { statuses } }) => {
    const converged = groups.filter(({ status }) => status !== undefined && isConverged(status));
    const kept = statuses.filter(({ state }) => state === "kept");
    return [stack, share(converged.length, groups.length), share(kept.length, statuses.length)];
  });
  return table([["STACK", "GROUPS", "RESOURCES"], ...rows]);
}

function share(count: number, of: number): string {
  return of === 0 ? "-" : `${count}/${of}`;
}

/** Its groups, its resources, and what to do about those that do not go on by themselves. */
export function stackText({ groups, resources: { statuses } }: KeptStack): string {
  const parts = [
    ...(groups.length === 0 ? [] : [groupTable(groups)]),
    ...(statuses.length === 0 ? [] : [table([HEAD, ...statuses.map(row)])]),
    ...nextLines(statuses),
  ];
  return parts.length === 0 ? "Nothing is kept of it yet.\n" : parts.join("\n");
}

const HEAD = ["RESOURCE", "STATE", "ID", "REASON"];

function row({ address, state, id, message }: ResourceStatus): readonly string[] {
  return [plain(address), state, plain(id ?? "-"), plain(message ?? "")];
}

/** One part; none where nothing is to be done. */
function nextLines(statuses: readonly ResourceStatus[]): readonly string[] {
  const lines = statuses.flatMap(({ address, next }) =>
    next === undefined ? [] : [`${plain(address)}\n  next: ${plain(next)}\n`],
  );
  return lines.length === 0 ? [] : [lines.join("")];
}
