import { setTimeout as pause } from "node:timers/promises";
import { failureOfResources, resourcesSettled } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { hostFor } from "./apply.ts";
import { confirm } from "./confirm.ts";
import { interrupted } from "./converge.ts";
import { listenForEnd } from "./ending.ts";
import { findHolders } from "./hand-over.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { openStage } from "./stage.ts";

export interface DestroyFlags extends OutputFlags, SetFlags {
  readonly yes: boolean;
}

interface Job {
  readonly read: ReadStack;
  readonly api: Api;
}

interface Begun extends Job {
  readonly generation: number;
}

const ASK_EVERY_MS = 100;

/** Destroys what stacks have, as they are declared now: what the files say otherwise counts for nothing. */
export async function destroyFiles(this: Cli, flags: DestroyFlags, ...files: readonly string[]): Promise<void> {
  const stacks = await readStacks(this, files);
  if (!flags.yes) {
    const names = stacks.map(({ stack: { name, resources, groups } }) => {
      const counts = [count(Object.keys(resources).length, "resource"), count(Object.keys(groups).length, "group")];
      return `${name} (${counts.filter((each) => each !== "").join(", ")})`;
    });
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
  const own = free.length === 0 ? undefined : await hostFor(this, flags, free, stage, parts);
  const jobs = [...handed, ...free.flatMap((read): Job[] => (own === undefined ? [] : [{ read, api: own }]))];
  const begun: Begun[] = [];
  for (const job of jobs) {
    const { generation } = await job.api.destroy({ stack: job.read.stack.name, actor: this.user() });
    begun.push({ ...job, generation });
  }
  for (const job of begun) await untilGone(job, ending.asked);
  stage.end();
  const gone = jobs.map(({ read }) => read.stack.name);
  const json = JSON.stringify(gone.map((stack) => ({ stack, gone: true })));
  this.out.write(flags.output === "json" ? `${json}\n` : gone.map((name) => `${name}: destroyed\n`).join(""));
}

/** Throws `resource.not-as-declared` of what could not be destroyed, and `apply.interrupted` when the signal came first. */
async function untilGone({ read, api, generation }: Begun, signal: AbortSignal): Promise<void> {
  const { name } = read.stack;
  for (;;) {
    const groups = (await api.groups()).filter(({ stack }) => stack === name);
    const resources = (await api.resources()).find(({ stack }) => stack === name);
    if (resources === undefined && groups.length === 0) return;
    const failed =
      resources !== undefined && resourcesSettled(resources, generation)
        ? failureOfResources(resources, "destroy")
        : undefined;
    if (failed !== undefined) throw failed;
    if (signal.aborted)
      throw interrupted(name, "What is left of it goes on to be destroyed when Muster keeps it again.");
    // Cut short by the signal, it has ended all the same.
    await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function count(number: number, what: string): string {
  if (number === 0) return "";
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}
