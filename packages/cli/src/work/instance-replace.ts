import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";

export interface ReplaceFlags extends OutputFlags {
  readonly force: boolean;
}

export async function replaceInstance(this: Cli, { output, force }: ReplaceFlags, wanted: string): Promise<void> {
  const { api, place } = await findInstance(this.env, wanted);
  const answer = await api.replace(place, { actor: this.user(), force });
  const name = placeName(place.stack, place.group);
  const how = force ? "is destroyed at once, and an equal one is made" : "gets an equal one in its place";
  this.out.write(output === "json" ? `${JSON.stringify(answer)}\n` : `${name}: ${plain(place.id)} ${how}\n`);
}
