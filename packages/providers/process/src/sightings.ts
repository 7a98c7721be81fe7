/** What is there: processes as /proc shows them, and those that have ended as the disk tells it. */
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { JsonObject, Tags } from "@muster/model";
import type { Exit } from "@muster/plugin";
import { endsIn } from "./ends.ts";
import { attempt, ifThere } from "./failure.ts";
import { type Families, type Family, familiesIn, NOBODY, type Trust } from "./families.ts";
import { homeIn, type SpecRead, specReader } from "./home.ts";
import { isId } from "./mark.ts";
import { isSame, type Process, type ProcessTable, processAt, processTables, userOf } from "./process-table.ts";
import type { ProcessProperties } from "./properties.ts";

/** Where one is in its life. `lost`: it lives no more, and nobody has told how it ended. */
export type Life =
  | { readonly kind: "lives"; readonly family: Family }
  | { readonly kind: "ended"; readonly exit: Exit }
  | { readonly kind: "lost" };

export interface Sighting {
  readonly id: string;
  readonly home: string;
  readonly life: Life;
  /** All its processes that live: also those that it has left behind. */
  readonly living: readonly Process[];
  readonly tags: Tags;
  readonly properties: Partial<ProcessProperties>;
  /** What is declared of a thing of another type that this process is. */
  readonly thing: JsonObject | undefined;
  readonly since: number;
  /** What is wrong with what the disk tells of it. */
  readonly blemish: string | undefined;
}

export interface Sightings {
  /** Everything that is there, by id. Throws where something cannot be told. */
  all(): ReadonlyMap<string, Sighting>;
  /** The living processes, by id. */
  families(): ReadonlyMap<string, Family>;
  /** True when one that lived at the last look lives no more. */
  missesOne(): boolean;
  /** Directories of creates that never came to be, as the last look has seen them. */
  stillborn(): readonly string[];
}

/** @param isBeingMade its directory may be there before it is */
export function sightingsIn(dir: string, now: () => number, isBeingMade: (id: string) => boolean): Sightings {
  const tables = processTables(now);
  const specs = specReader(dir);
  let acquaintance = NOBODY;
  let lost = new Set<string>();
  let stillborn: readonly string[] = [];
  let lived: readonly Process[] = [];

  function families(): { table: ProcessTable; byId: Families["byId"] } {
    const table = tables();
    const found = familiesIn(table, dir, acquaintance, trustIn(dir));
    acquaintance = found.acquaintance;
    lived = [...found.byId.values()].flatMap(({ leader, members }) => leader ?? members.slice(0, 1));
    return { table, byId: found.byId };
  }

  /** Directories first, then processes, then ends: who lives in between is seen alive, or has told of its end. */
  function look() {
    const names = idsIn(dir);
    return { names, ...families(), ends: endsIn(dir) };
  }

  function all(): ReadonlyMap<string, Sighting> {
    let seen = look();
    const isSilent = (id: string) => !seen.byId.has(id) && !seen.ends.has(id) && !isBeingMade(id);
    // An older Muster's leaders have made their pipe first.
    const hasBegun = (id: string) => ["begun", "out"].some((name) => existsSync(`${homeIn(dir, id)}/${name}`));
    // Another Muster may have started it since the processes were looked at.
    if (seen.names.some((id) => isSilent(id) && !lost.has(id) && hasBegun(id))) seen = look();
    const silent = seen.names.filter(isSilent);
    lost = new Set(silent.filter(hasBegun));
    stillborn = silent.filter((id) => !lost.has(id));

    const lifeOf = (id: string): Life | undefined => {
      const exit = seen.ends.get(id);
      if (exit !== undefined) return { kind: "ended", exit };
      const family = seen.byId.get(id);
      if (family !== undefined) return { kind: "lives", family };
      return lost.has(id) ? { kind: "lost" } : undefined;
    };
    const ids = new Set([...seen.names, ...seen.byId.keys()]);
    specs.keep(ids);
    const sightings = new Map<string, Sighting>();
    for (const id of ids) {
      const life = lifeOf(id);
      if (life === undefined) continue;
      sightings.set(id, sighting(id, life, specs.read(id), seen.byId.get(id), seen.table));
    }
    return sightings;
  }

  function sighting(id: string, life: Life, read: SpecRead, family: Family | undefined, table: ProcessTable): Sighting {
    const spec = read !== undefined && "spec" in read ? read.spec : undefined;
    const leader = family?.leader ?? family?.members[0];
    return {
      id,
      home: homeIn(dir, id),
      life,
      living: family?.members ?? [],
      tags: spec?.tags ?? family?.mark?.tags ?? {},
      properties: spec?.properties ?? {},
      thing: spec?.thing,
      since: spec?.made ?? (leader === undefined ? now() : table.beganAt(leader)),
      blemish: read !== undefined && "reason" in read ? read.reason : undefined,
    };
  }

  return {
    all,
    families: () => families().byId,
    missesOne: () => lived.some((each) => !isSame(each, processAt(each.pid))),
    stillborn: () => stillborn,
  };
}

/**
 * Those of the directory. One that was removed holds nothing; but where the one above is gone too, a disk may have been
 * taken away, and nothing can be told.
 */
function idsIn(dir: string): readonly string[] {
  const names = attempt(dir, () => ifThere(() => readdirSync(dir)));
  if (names !== undefined) return names.filter(isId);
  attempt(dirname(dir), () => accessSync(dirname(dir), constants.R_OK | constants.X_OK));
  return [];
}

/** Leaders are started by Muster's own user; what follows them may run as another, if there is such a leader. */
function trustIn(dir: string): Trust {
  const own = process.geteuid?.();
  const owner = ifThere(() => statSync(dir).uid);
  const isOurs = (pid: number) => {
    const user = userOf(pid);
    return user !== undefined && (user === own || user === owner);
  };
  return {
    leader: ({ pid }) => isOurs(pid),
    follower: ({ pid }, { id }) => isOurs(pid) || existsSync(homeIn(dir, id)),
  };
}
