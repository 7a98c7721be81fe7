/** Stacks, and how what they have stands. */
import { type ChecksView, isConverged, type ResourceStatus } from "@muster/model";
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

/** Its groups, its resources, what its checks say, and what to do about those that do not go on by themselves. */
export function stackText({ groups, resources: { statuses }, checks }: KeptStack): string {
  const parts = [
    ...(groups.length === 0 ? [] : [groupTable(groups)]),
    ...(statuses.length === 0 ? [] : [table([HEAD, ...statuses.map(row)])]),
    ...checkParts(checks),
    ...nextLines(statuses),
  ];
  return parts.length === 0 ? "Nothing is kept of it yet.\n" : parts.join("\n");
}

/** Whether they hold, and each of them. */
function checkParts({ statuses, condition }: ChecksView): readonly string[] {
  if (condition === undefined) return [];
  const { name, holds, reason, message } = condition;
  const rows = statuses.map(({ check, resource, verdict, reason: why }) => {
    return [plain(check), plain(resource ?? "-"), verdict, plain(why ?? "")];
  });
  return [
    table([
      ["CONDITION", "HOLDS", "REASON", "MESSAGE"],
      [name, holds ? "yes" : "no", reason, plain(message)],
    ]),
    table([["CHECK", "RESOURCE", "VERDICT", "REASON"], ...rows]),
  ];
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
