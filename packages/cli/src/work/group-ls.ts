import type { GroupView } from "@muster/daemon";
import type { Cli } from "../cli.ts";
import { keptGroups } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { groupTable } from "../print/group-table.ts";

/** Shows what can be shown before it fails for those that did not answer. */
export async function listGroups(this: Cli, { output }: OutputFlags): Promise<void> {
  const { groups, failures } = await keptGroups(this.env);
  // That nobody could tell is not that there are none.
  if (groups.length === 0 && failures.length > 0) throw failures[0];
  const views = groups.map(({ view }) => view).sort(byName);
  this.out.write(output === "json" ? `${JSON.stringify(views)}\n` : textOf(views));
  if (failures.length > 0) throw failures[0];
}

function byName(a: GroupView, b: GroupView): number {
  return compare(a.stack, b.stack) || compare(a.name, b.name);
}

/** As programs sort, whatever the language of the terminal. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function textOf(views: readonly GroupView[]): string {
  return views.length === 0 ? "No groups.\n" : groupTable(views);
}
