import type { GroupRequests, GroupVerb } from "@muster/daemon";
import { MAX_SIZE, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findGroup, type KeptGroup } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { placeName } from "../print/event-line.ts";

export async function scaleGroup(this: Cli, flags: OutputFlags, wanted: string, text: string): Promise<void> {
  const size = sizeOf(text);
  const found = await findGroup(this.env, wanted);
  const was = found.view.size;
  await steer(
    this,
    flags,
    found,
    "scale",
    { actor: this.user(), size },
    {
      done: `scaled from ${was} to ${size}`,
      already: `is declared with ${size} members already`,
    },
  );
}

export async function pauseGroup(this: Cli, flags: OutputFlags, wanted: string): Promise<void> {
  const found = await findGroup(this.env, wanted);
  await steer(
    this,
    flags,
    found,
    "pause",
    { actor: this.user() },
    {
      done: "paused: it is refilled and scaled, and changes wait until it is resumed",
      already: "is paused already",
    },
  );
}

export async function resumeGroup(this: Cli, flags: OutputFlags, wanted: string): Promise<void> {
  const found = await findGroup(this.env, wanted);
  await steer(
    this,
    flags,
    found,
    "resume",
    { actor: this.user() },
    {
      done: "resumed",
      already: "there is nothing to resume: it is neither paused nor reverted, and nothing holds it up",
    },
  );
}

export async function promoteGroup(this: Cli, flags: OutputFlags, wanted: string): Promise<void> {
  const found = await findGroup(this.env, wanted);
  await steer(
    this,
    flags,
    found,
    "promote",
    { actor: this.user() },
    {
      done: "promoted: the other members follow",
      already: "is promoted already: the other members follow",
    },
  );
}

export async function revertGroup(this: Cli, flags: OutputFlags, wanted: string): Promise<void> {
  const found = await findGroup(this.env, wanted);
  await steer(
    this,
    flags,
    found,
    "revert",
    { actor: this.user() },
    {
      done: "goes back to its former version; the declaration stays as it is",
      already: "is at its former version already, or on its way there",
    },
  );
}

export async function freeGroup(this: Cli, flags: OutputFlags, wanted: string): Promise<void> {
  const found = await findGroup(this.env, wanted);
  await steer(this, flags, found, "free", { actor: this.user() }, { done: "no longer kept; its members stay" });
}

/** What is said of a group when something was asked of it. */
export interface Told {
  readonly done: string;
  /** Where it was so before; missing where that cannot be. */
  readonly already?: string;
}

/** Asks the group's holder for it, and prints what was done. */
export async function steer<V extends GroupVerb>(
  cli: Cli,
  { output }: OutputFlags,
  { api, view }: KeptGroup,
  verb: V,
  wanted: GroupRequests[V],
  { done, already = done }: Told,
): Promise<void> {
  const answer = await api.steer(view.stack, view.name, verb, wanted);
  const said = answer.unchanged ? already : done;
  const text = output === "json" ? JSON.stringify(answer) : `${placeName(view.stack, view.name)}: ${said}`;
  cli.out.write(`${text}\n`);
}

/** Throws `usage.bad-value`. */
function sizeOf(text: string): number {
  const size = Number(text);
  if (/^\d+$/.test(text) && size <= MAX_SIZE) return size;
  const words = { what: "size", detail: `\`${text}\` is no size`, wanted: `a whole number from 0 to ${MAX_SIZE}` };
  throw new MusterError("usage.bad-value", words);
}
