/**
 * Where the members of a group are. A group whose provider comes back in another place, with nobody having said so, must
 * wait: everything would be made a second time there.
 */
import type { Memory } from "@muster/engine";
import { type EventDraft, hashJson, type JsonObject } from "@muster/model";
import type { BoundGroup } from "./bind.ts";
import { MUSTER } from "./events.ts";

/** `home`: as before, or for the first time. `moved`: somebody chose another place. `strayed`: nobody did. */
export type Place =
  | { readonly kind: "home"; readonly memory: Memory }
  | { readonly kind: "moved"; readonly memory: Memory; readonly event: EventDraft }
  | { readonly kind: "strayed"; readonly message: string };

/** Asked at every look, of settings that stay the same for as long as the group is bound. */
const words = new WeakMap<JsonObject, string>();

function wordOf(settings: JsonObject): string {
  const known = words.get(settings) ?? hashJson(settings);
  words.set(settings, known);
  return known;
}

export function placeOf({ provider, type, settings, declared }: BoundGroup, memory: Memory): Place {
  const home = { scope: provider.scope, settings: wordOf(settings) };
  const before = memory.home;
  if (before?.scope === home.scope && before.settings === home.settings) return { kind: "home", memory };
  const empty = memory.lastCount === 0 && memory.calls.length === 0;
  if (before === null || before.scope === home.scope || empty) return { kind: "home", memory: { ...memory, home } };
  const many = memory.lastCount !== 1;
  const count = many ? `${memory.lastCount} members` : "1 member";
  if (before.settings === home.settings) {
    const message =
      `its ${count} ${many ? "are" : "is"} in ${before.scope}, and ${type.name} now works in ${home.scope}: nothing is done ` +
      `until the provider of before is back, or the group is let go (muster group free ${declared.name}) and declared anew`;
    return { kind: "strayed", message };
  }
  const event: EventDraft = {
    type: "group.moved",
    group: declared.name,
    actor: MUSTER,
    cause: "intentional",
    message: `kept in ${home.scope} from now on; its ${count} ${many ? "stay" : "stays"} in ${before.scope}, and nobody keeps them`,
  };
  // Nothing that is remembered speaks of the new place.
  return { kind: "moved", memory: { ...memory, home, calls: [], lastCount: 0, vanishedAt: null }, event };
}
