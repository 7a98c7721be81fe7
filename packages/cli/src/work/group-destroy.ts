import type { Cli } from "../cli.ts";
import { findGroup } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { placeName } from "../print/event-line.ts";
import { confirm } from "./confirm.ts";
import { steer } from "./group-steer.ts";

export async function destroyGroup(
  this: Cli,
  flags: OutputFlags & { readonly yes: boolean },
  wanted: string,
): Promise<void> {
  const found = await findGroup(this.env, wanted);
  const name = placeName(found.view.stack, found.view.name);
  const question = `Destroy the group ${name} and its ${count(found.view.size)}?`;
  if (!(flags.yes || (await confirm(this, "muster group destroy", question)))) return;
  await steer(
    this,
    flags,
    found,
    "destroy",
    { actor: this.user() },
    {
      done: "is being destroyed, member by member",
      already: "is being destroyed already",
    },
  );
}

function count(size: number): string {
  return size === 1 ? "1 member" : `${size} members`;
}
