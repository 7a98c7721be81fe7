import type { Observed } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findInstance, type NamedInstance } from "../client/instances.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { age } from "../print/time.ts";

export async function describeInstance(this: Cli, { output }: OutputFlags, wanted: string): Promise<void> {
  const found = await findInstance(this.env, wanted);
  const seen = found.group.seen.find(({ id }) => id === found.place.id);
  this.out.write(output === "json" ? `${JSON.stringify(viewOf(found, seen))}\n` : textOf(found, seen, Date.now()));
}

/** `seen` is what its provider shows of it: missing while no look has shown it. */
function viewOf({ group: { stack, name, type }, member }: NamedInstance, seen: Observed | undefined): object {
  return { stack, group: name, type, ...member, ...(seen === undefined ? {} : { seen }) };
}

/** Three tables: the instance, its tags, its properties. */
function textOf(found: NamedInstance, seen: Observed | undefined, now: number): string {
  const tags = Object.entries(seen?.tags ?? {}).map(([key, value]) => [plain(key), plain(value)]);
  const properties = Object.entries(seen?.properties ?? {}).map(([key, value]) => [plain(key), plain(shown(value))]);
  const parts = [
    table(facts(found, seen, now)),
    ...(tags.length === 0 ? [] : [table([["TAG", "VALUE"], ...tags])]),
    ...(properties.length === 0 ? [] : [table([["PROPERTY", "VALUE"], ...properties])]),
  ];
  return parts.join("\n");
}

function facts({ group, member, place }: NamedInstance, seen: Observed | undefined, now: number) {
  const { slot, state, reason, revision, since } = member;
  const born = new Date(since).toISOString();
  return [
    ["instance", plain(place.id)],
    ["group", group.name],
    ["stack", group.stack],
    ["slot", plain(slot || "-")],
    ["type", group.type],
    ["state", state],
    ...(reason === undefined ? [] : [["reason", plain(reason)]]),
    ...(seen === undefined
      ? []
      : [["phase", seen.reason === undefined ? seen.phase : `${seen.phase}: ${plain(seen.reason)}`]]),
    ["revision", plain(revision)],
    ["since", `${born} (${age(since, now)})`],
  ];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
