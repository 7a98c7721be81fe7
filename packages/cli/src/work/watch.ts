import { basename } from "node:path";
import { type Daemon, followFile } from "@muster/daemon";
import { MusterError } from "@muster/model";
import type { GivenSettings } from "@muster/runtime";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import type { OutputFlags, SetFlags } from "../commands/flags.ts";
import { stackSocket } from "../places.ts";
import { VERSION } from "../version.ts";
import { listenForEnd, untilAborted } from "./ending.ts";
import { farewell, membersLeft } from "./farewell.ts";
import { openHost } from "./host.ts";
import { located } from "./located.ts";
import { type ReadStack, readStack, readStacks } from "./read-stack.ts";
import { settingsOf } from "./settings.ts";
import { openStage, type Stage } from "./stage.ts";
import { placesOf, whereabouts } from "./whereabouts.ts";

export interface WatchFlags extends OutputFlags, SetFlags {
  readonly follow: boolean;
}

/** Keeps the stacks of these files until it is asked to end. What was made stays. */
export async function watchStacks(this: Cli, flags: WatchFlags, ...files: readonly string[]): Promise<void> {
  const settings = settingsOf(this, flags);
  const stacks = await readStacks(this, files);
  const stage = openStage(this, flags.output);
  const ending = listenForEnd();
  try {
    await keep(this, { stacks, settings, stage, follow: flags.follow, asked: ending.asked });
  } finally {
    stage.end();
    ending.forget();
  }
}

interface Watching {
  readonly stacks: readonly ReadStack[];
  readonly settings: GivenSettings;
  readonly stage: Stage;
  readonly follow: boolean;
  readonly asked: AbortSignal;
}

async function keep(cli: Cli, { stacks, settings, stage, follow, asked }: Watching): Promise<void> {
  const lost = new AbortController();
  const names = stacks.map(({ stack }) => stack.name);
  const { types } = builtinsOf(cli.env);
  const host = await openHost(cli, settings, {
    command: `watch ${stacks.map(({ file }) => basename(file)).join(" ")}`,
    stacks: names,
    socket: stackSocket(cli.env, names[0] ?? ""),
    onEvent: stage.event,
    onStatus: stage.status,
    onNotice(notice) {
      if (notice.kind === "lost") lost.abort(notice.error);
      else stage.notice(notice);
    },
  });
  const declared = Promise.withResolvers<void>();
  const unfollow: (() => void)[] = [];
  let left: ReadonlyMap<string, number>;
  try {
    // Followed before it is declared, so that no edit is missed; declared one after another, so that the last one holds.
    const edited = (each: ReadStack) => followEdits(cli, host.daemon, each, declared.promise, stage);
    if (follow) unfollow.push(...stacks.map(edited));
    // All are checked before anything is said or done for any of them.
    for (const each of stacks) await check(host.daemon, each);
    stage.say(`muster ${VERSION} · ${stacks.map(({ stack }) => whereabouts(stack, settings, types)).join(" · ")}`);
    for (const each of stacks) await declare(cli, host.daemon, each);
    declared.resolve();
    await untilAborted(asked, cli.out.closed, lost.signal);
    stage.end();
    if (asked.aborted) stage.say("Ending: what is in flight is finished first. (Ctrl-C again ends at once.)");
  } finally {
    for (const end of unfollow) end();
    left = membersLeft(host.daemon);
    await host.close();
  }
  if (lost.signal.aborted) throw lost.signal.reason;
  const places = stacks.flatMap(({ stack }) => placesOf(stack, settings, types));
  for (const line of farewell(stacks, left, places)) stage.say(line);
}

async function check(daemon: Daemon, read: ReadStack): Promise<void> {
  try {
    await daemon.pretend(read.document, read.path);
  } catch (thrown) {
    throw located(thrown, read);
  }
}

async function declare(cli: Cli, daemon: Daemon, read: ReadStack): Promise<void> {
  try {
    await daemon.apply(read.document, read.path, `user:${cli.user()}`);
  } catch (thrown) {
    throw located(thrown, read);
  }
}

/** An edit that is not valid is shown, and what was declared before goes on. */
function followEdits(cli: Cli, daemon: Daemon, first: ReadStack, declared: Promise<void>, stage: Stage): () => void {
  const { file, path, stack } = first;
  async function changed(): Promise<void> {
    await declared;
    const next = await readStack(cli, file);
    if (next.stack.name !== stack.name) {
      const words = { file, before: stack.name, after: next.stack.name };
      throw new MusterError("declaration.stack-changed", words, { place: { file } });
    }
    await declare(cli, daemon, next);
  }
  return followFile(path, changed, (reason) => stage.failure(reason));
}
