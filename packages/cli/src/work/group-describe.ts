import type { GroupDetail } from "@muster/daemon";
import type { MemberStatus } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findGroup } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { policyRows } from "../print/policy.ts";
import { progressOf } from "../print/state.ts";
import { table } from "../print/table.ts";
import { age } from "../print/time.ts";

export interface DescribeFlags extends OutputFlags {
  readonly at?: string;
}

export async function describeGroup(this: Cli, { output, at }: DescribeFlags, wanted: string): Promise<void> {
  if (at !== undefined) return (await import("./group-past.ts")).describePast(this, output, wanted, at);
  const { api, view } = await findGroup(this.env, wanted);
  const detail = await api.group(view.stack, view.name);
  this.out.write(output === "json" ? `${JSON.stringify(detail)}\n` : described(detail, Date.now()));
}

/** Three tables: the group, its conditions, its members. */
function described(detail: GroupDetail, now: number): string {
  const { status, members } = detail;
  const conditions = status?.conditions.map(({ name, holds, reason, message }) => {
    return [name, holds ? "yes" : "no", reason, plain(message)];
  });
  const parts = [
    table(facts(detail)),
    ...(conditions ? [table([["CONDITION", "HOLDS", "REASON", "MESSAGE"], ...conditions])] : []),
    members.length === 0
      ? "No members.\n"
      : table([["MEMBER", "SLOT", "STATE", "AGE", "REVISION", "REASON"], ...members.map((each) => row(each, now))]),
  ];
  return parts.join("\n");
}

function facts(detail: GroupDetail): readonly (readonly string[])[] {
  const { stack, name, type, flavor, size, status, policy } = detail;
  const generation =
    status === undefined ? [] : [["generation", `${status.generation} (seen ${status.observedGeneration})`]];
  return [
    ["group", name],
    ["stack", stack],
    ["type", type],
    ["flavor", flavor],
    ["size", `${size} (${status?.ready ?? 0} ready)`],
    ["state", progressOf(detail)],
    ...generation,
    ...(policy === undefined ? [] : policyRows(policy)),
  ];
}

function row({ id, slot, state, revision, reason, since }: MemberStatus, now: number): readonly string[] {
  return [plain(id ?? "-"), plain(slot || "-"), state, age(since, now), revision, plain(reason ?? "")];
}
