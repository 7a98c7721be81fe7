import type { ApplyAnswer } from "@muster/daemon";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findGroup, holderOf } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { serveSocket } from "../places.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { steer } from "./group-steer.ts";
import { answerText, handOver, pretend as pretended } from "./hand-over.ts";
import { readStack } from "./read-stack.ts";

export function declareGroup(this: Cli, flags: OutputFlags, file: string): Promise<void> {
  return commitGroup.call(this, { ...flags, pretend: false }, file);
}

/** Throws `daemon.not-running`: InfraKit's verbs speak to one that runs. */
export async function commitGroup(
  this: Cli,
  { output, pretend }: OutputFlags & { readonly pretend: boolean },
  file: string,
): Promise<void> {
  const read = await readStack(this, file);
  const api = await holderOf(this.env, read.stack.name);
  if (api === undefined) throw new MusterError("daemon.not-running", { socket: serveSocket(this.env) });
  const handed = { api, read };
  const answer = await (pretend ? pretended(this, handed) : handOver(this, handed));
  const text = pretend ? pretendText(answer) : answerText(answer);
  this.out.write(output === "json" ? `${JSON.stringify(answer)}\n` : text);
}

/** What would happen in InfraKit's sentences, group by group. */
function pretendText({ stack, would = {} }: ApplyAnswer): string {
  const rows = Object.entries(would).map(([group, sentence]) => [placeName(stack, group), plain(sentence)]);
  return rows.length === 0 ? "Nothing to do.\n" : table(rows);
}

export async function destroyInstances(
  this: Cli,
  flags: OutputFlags,
  wanted: string,
  ...instances: readonly string[]
): Promise<void> {
  const found = await findGroup(this.env, wanted);
  const done = `${instances.join(", ")} will be destroyed, and the group is smaller by as many`;
  await steer(this, flags, found, "destroy-instances", { actor: this.user(), instances }, { done });
}
