/** What a copy of a stack would share with the real one, or with anybody else: told before anything is touched. */
import { isObject, type Json, type JsonObject, type Stack, type StackPlan } from "@muster/model";

/** How things of a type are known: by the daemon's `TypeView`. */
export interface Known {
  readonly known: "tags" | "claim" | "task";
  readonly naming?: string;
}

export interface Meeting {
  /** The address of a resource, the path of a file, or the name of a group. */
  readonly what: string;
  readonly detail: string;
}

/** A text of the copy's own: its id is in it, or the path of its directory, which holds the id. */
type IsOwn = (value: Json | undefined) => boolean;

/** Types whose things are moved: see `copyOf`. */
const MOVED = ["file", "directory"];

/** @param typeOf undefined of what is not known: its declaration is refused for that */
export function meetingsIn(
  { resources, groups, fronts }: Stack,
  id: string,
  asIs: readonly string[],
  typeOf: (name: string) => Known | undefined,
): readonly Meeting[] {
  const isOwn: IsOwn = (value) => value !== undefined && JSON.stringify(value).includes(id);
  const single = Object.values(resources).map(({ address, type, name, id: thing, properties }): Meeting => {
    const detail =
      thing === undefined
        ? meetingOf(type, typeOf(type), name, properties, isOwn)
        : `\`id: ${thing}\` is one certain thing, and the real one`;
    return { what: address, detail: detail ?? "" };
  });
  const alike = Object.entries(groups).map(([name, { template }]): Meeting => {
    const { name: type, properties } = template;
    return { what: name, detail: meetingOf(type, typeOf(type), undefined, properties, isOwn) ?? "" };
  });
  const following = Object.values(fronts).map(({ path, notify }): Meeting => {
    const told = notify === undefined || isOwn([...notify.command]);
    return {
      what: path,
      detail: told ? "" : `\`${notify.command.join(" ")}\` would tell somebody who is not of the copy`,
    };
  });
  return [...single, ...alike, ...following].filter(({ what, detail }) => detail !== "" && !asIs.includes(what));
}

function meetingOf(
  type: string,
  view: Known | undefined,
  name: string | undefined,
  properties: JsonObject,
  isOwn: IsOwn,
): string | undefined {
  if (view === undefined || MOVED.includes(type)) return undefined;
  switch (view.known) {
    case "task":
      return isOwn(properties) ? undefined : "it would be done on this machine, and nothing in it is the copy's own";
    case "claim": {
      const called = (view.naming === undefined ? undefined : properties[view.naming]) ?? name;
      return isOwn(called)
        ? undefined
        : `things of the type ${type} are known by their names, and this is the real one's`;
    }
    case "tags":
      return sharedPlace(type, properties, isOwn);
  }
}

/** What is written to outlives the copy, and is not its own. */
function sharedPlace(type: string, { mounts, disks }: JsonObject, isOwn: IsOwn): string | undefined {
  const [places, key] = type === "container" ? [mounts, "source"] : type === "vm" ? [disks, "path"] : [undefined, ""];
  if (!Array.isArray(places)) return undefined;
  const shared = places.filter(isObject).find((each) => each["readOnly"] !== true && !isOwn(each[key]));
  return shared === undefined
    ? undefined
    : `it would write to ${JSON.stringify(shared[key])}, which is not the copy's own`;
}

/** What a copy that was never made would do to things that are there: they are somebody else's. */
export function thingsMetIn({ groups, resources, files = [] }: StackPlan): readonly Meeting[] {
  const steps = (resources?.steps ?? []).filter(({ effect }) => !HARMLESS.includes(effect));
  const members = groups.flatMap(({ group, steps }) =>
    steps
      .filter(({ effect }) => !HARMLESS.includes(effect))
      .map(({ effect }) => ({ what: group, detail: wouldBe(effect) })),
  );
  const paths = files.filter(({ effect }) => effect === "in-place");
  return [
    ...steps.map(({ address, effect }) => ({ what: address, detail: wouldBe(effect) })),
    ...members,
    ...paths.map(({ path, effect }) => ({ what: path, detail: wouldBe(effect) })),
  ];
}

/** `impossible` is refused anyway, in better words. */
const HARMLESS: readonly string[] = ["create", "run", "refresh", "none", "impossible"];

function wouldBe(effect: string): string {
  return `there is one already, to which the copy would do this: ${effect}`;
}
