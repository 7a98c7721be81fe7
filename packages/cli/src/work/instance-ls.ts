import type { MemberStatus } from "@muster/model";
import type { Cli } from "../cli.ts";
import { type KeptInstance, keptInstances } from "../client/instances.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { age } from "../print/time.ts";

/** Shows what can be shown before it fails for those that did not answer. */
export async function listInstances(this: Cli, { output }: OutputFlags, group?: string): Promise<void> {
  const { instances: found, failures } = await keptInstances(this.env, group);
  const instances = found.toSorted(byPlace);
  if (instances.length === 0 && failures.length > 0) throw failures[0];
  this.out.write(output === "json" ? `${JSON.stringify(instances.map(viewOf))}\n` : textOf(instances, Date.now()));
  if (failures.length > 0) throw failures[0];
}

/** Group by group, and place by place. */
function byPlace(a: KeptInstance, b: KeptInstance): number {
  const [one, other] = [placeWord(a), placeWord(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A word to sort by: the tenth comes after the ninth. */
function placeWord({ group, member: { slot, id = "" } }: KeptInstance): string {
  const place = /^\d+$/.test(slot) ? slot.padStart(9, "0") : slot;
  return [group.stack, group.name, place, id].join("\0");
}

/** As `--output json` shows it. */
interface InstanceView extends MemberStatus {
  readonly stack: string;
  readonly group: string;
  readonly type: string;
}

function viewOf({ group: { stack, name, type }, member }: KeptInstance): InstanceView {
  return { stack, group: name, type, ...member };
}

const HEAD = ["INSTANCE", "GROUP", "SLOT", "STATE", "AGE", "REASON"];

function textOf(instances: readonly KeptInstance[], now: number): string {
  return instances.length === 0 ? "No instances.\n" : table([HEAD, ...instances.map((each) => row(each, now))]);
}

function row({ group, member: { id, slot, state, since, reason } }: KeptInstance, now: number): readonly string[] {
  const place = placeName(group.stack, group.name);
  return [plain(id ?? "-"), place, plain(slot || "-"), state, age(since, now), plain(reason ?? "")];
}
