import { grammar } from "@muster/declaration";
import { failureOfResources, MusterError, resourcesSettled, type Stack } from "@muster/model";
import type { Declaration } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { goingText } from "../print/going.ts";
import { hostFor } from "./apply.ts";
import { confirm } from "./confirm.ts";
import { interrupted } from "./converge.ts";
import { listenForEnd } from "./ending.ts";
import { findHolders, type Handed } from "./hand-over.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { rest } from "./rest.ts";
import { openStage } from "./stage.ts";
import { storeToRead } from "./store-to-read.ts";

export interface DestroyFlags extends OutputFlags, SetFlags {
  readonly yes: boolean;
}

interface Begun extends Handed {
  readonly generation: number;
}

const ASK_EVERY_MS = 100;

/** Destroys what stacks have, as they are declared now: what the files say otherwise counts for nothing. */
export async function destroyFiles(this: Cli, flags: DestroyFlags, ...files: readonly string[]): Promise<void> {
  if (!flags.yes && this.ask === undefined) throw new MusterError("usage.not-confirmed", { command: "muster destroy" });
  const stacks = await readStacks(this, files);
  if (!flags.yes) {
    const names = stacks.map(({ stack: { name } }) => name);
    // Results are on standard output; what is asked is none.
    for (const read of stacks) this.err.write(goingText(await declaredNow(this, read), this.err));
    if (!(await confirm(this, "muster destroy", `Destroy everything that ${names.join(" and ")} has?`))) return;
  }
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  await using parts = new AsyncDisposableStack();
  parts.defer(() => {
    stage.end();
    ending.forget();
  });
  const { handed, free } = await findHolders(this, flags, stacks);
  const own = free.length === 0 ? undefined : await hostFor(this, flags, "destroy", free, stage, parts, ending.asked);
  const jobs = [...handed, ...free.flatMap((read): Handed[] => (own === undefined ? [] : [{ read, api: own }]))];
  const begun: Begun[] = [];
  for (const job of jobs) {
    const { generation } = await job.api.destroy({ stack: job.read.stack.name, actor: this.user() });
    begun.push({ ...job, generation });
  }
  for (const { api, read, generation } of begun)
    await untilGone(this, { api, name: read.stack.name, generation }, ending.asked);
  stage.end();
  const gone = jobs.map(({ read }) => read.stack.name);
  const json = JSON.stringify(gone.map((stack) => ({ stack, gone: true })));
  this.out.write(flags.output === "json" ? `${json}\n` : gone.map((name) => `${name}: destroyed\n`).join(""));
}

export interface Going {
  readonly api: Api;
  /** Of the stack. */
  readonly name: string;
  readonly generation: number;
}

/**
 * Throws `resource.not-as-declared` of what could not be destroyed, `stack.lost` when whoever destroyed it holds it no more, and
 * `apply.interrupted` when the signal came first.
 */
export async function untilGone(cli: Cli, { name, api, generation }: Going, signal: AbortSignal): Promise<void> {
  for (;;) {
    const groups = (await api.groups()).filter(({ stack }) => stack === name);
    const resources = (await api.resources()).find(({ stack }) => stack === name);
    if (resources === undefined && groups.length === 0) return confirmForgotten(cli, name);
    const failed =
      resources !== undefined && resourcesSettled(resources, generation)
        ? failureOfResources(resources, "destroy")
        : undefined;
    if (failed !== undefined) throw failed;
    if (signal.aborted)
      throw interrupted(name, "What is left of it goes on to be destroyed when Muster keeps it again.");
    await rest(ASK_EVERY_MS, signal);
  }
}

/** Whoever has lost a stack lists it no more either: only what the store has forgotten is gone. */
async function confirmForgotten(cli: Cli, name: string): Promise<void> {
  const declaration = await declarationOf(cli, name);
  if (declaration === undefined) return;
  const detail = `it was taken while it was being destroyed, and generation ${declaration.generation} of it is declared`;
  throw new MusterError("stack.lost", { stack: name, detail });
}

/** The stack as it is declared now; one that never was, as its file says. */
async function declaredNow(cli: Cli, { stack }: ReadStack): Promise<Stack> {
  const declaration = await declarationOf(cli, stack.name);
  return declaration === undefined ? stack : grammar.stackOf(declaration.document);
}

async function declarationOf(cli: Cli, name: string): Promise<Declaration | undefined> {
  const store = storeToRead(cli);
  try {
    return await store.declaration(name);
  } finally {
    await store.close();
  }
}
