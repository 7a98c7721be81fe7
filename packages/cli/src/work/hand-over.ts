import type { ApplyAnswer, AskedToApply } from "@muster/daemon";
import { MusterError, type StackPlan } from "@muster/model";
import type { Asked } from "@muster/runtime";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { holderOf } from "../client/holders.ts";
import type { AskedFlags, SetFlags } from "../commands/flags.ts";
import type { ReadStack } from "./read-stack.ts";

/** A stack, and the Muster it is given to. */
export interface Handed {
  readonly read: ReadStack;
  readonly api: Api;
}

/**
 * Which stacks a running Muster is given, and which nobody keeps. Throws `usage.bad-value` for settings that are meant for
 * this process, where another one has settings of its own.
 */
export async function findHolders(
  { env }: Cli,
  { set }: SetFlags,
  stacks: readonly ReadStack[],
): Promise<{ readonly handed: readonly Handed[]; readonly free: readonly ReadStack[] }> {
  const handed: Handed[] = [];
  const free: ReadStack[] = [];
  for (const read of stacks) {
    const api = await holderOf(env, read.stack.name);
    if (api === undefined) free.push(read);
    else handed.push({ read, api });
  }
  const [holder] = handed;
  if (holder !== undefined && set !== undefined && set.length > 0) {
    const detail = `the Muster at ${holder.api.socket} has settings of its own`;
    const wanted = "them in the stack, under `providers`, or to that Muster when it is started";
    throw new MusterError("usage.bad-value", { what: "--set", detail, wanted });
  }
  return { handed, free };
}

/** Gives a declaration to a Muster. Throws what is wrong, with its line. */
export function handOver(cli: Cli, { api, read }: Handed, asked: AskedToApply = {}): Promise<ApplyAnswer> {
  const { document, path, locate } = read;
  return api.apply({ document, source: path, actor: cli.user(), ...asked }, locate);
}

/** What is asked for beside the declaration. */
export function askedOf({ allow, prune }: AskedFlags): Asked {
  return { ...(allow === undefined ? {} : { allow }), ...(prune ? { prune } : {}) };
}

/** The same, in InfraKit's sentences (`would`) and without doing it. */
export function pretend(cli: Cli, { api, read }: Handed): Promise<ApplyAnswer> {
  const { document, path, locate } = read;
  return api.apply({ document, source: path, actor: cli.user(), pretend: true }, locate);
}

/** What a Muster would do with a declaration. Throws what is wrong, with its line. */
export function foresee({ api, read }: Handed, asked: Asked = {}): Promise<StackPlan> {
  const { document, path, locate } = read;
  return api.plan({ document, source: path, ...asked }, locate);
}

/** What was declared, and how it stands. */
export function answerText({ stack, generation, unchanged, groups }: ApplyAnswer): string {
  const was = unchanged ? "declared already" : "declared";
  const sizes = groups.map(({ name, size, status }) => `${name} ${status?.ready ?? 0}/${size}`);
  return `${stack}: ${was}, generation ${generation}${sizes.length === 0 ? "" : ` · ${sizes.join(", ")} ready`}\n`;
}
