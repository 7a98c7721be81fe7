import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";

export interface QuarantineFlags extends OutputFlags {
  readonly force: boolean;
}

export async function quarantineInstance(this: Cli, { output, force }: QuarantineFlags, wanted: string): Promise<void> {
  const { api, place } = await findInstance(this.env, wanted);
  const answer = await api.quarantine(place, { actor: this.user(), force });
  const name = placeName(place.stack, place.group);
  const done = `${name}: ${plain(place.id)} is set aside, and another one is made in its place`;
  this.out.write(output === "json" ? `${JSON.stringify(answer)}\n` : `${done}\n`);
}
