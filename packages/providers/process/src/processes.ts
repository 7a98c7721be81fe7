/** The processes of one directory: started, looked at and ended. What of them are things of another type is theirs to tell. */
import { realpathSync, statSync } from "node:fs";
import type { JsonObject, Observed, Tags } from "@muster/model";
import {
  type ExecAsked,
  type Execution,
  type Io,
  type LogsAsked,
  makeDirectories,
  ProviderError,
} from "@muster/plugin";
import { makeEnds, removeEnd } from "./ends.ts";
import { attempt } from "./failure.ts";
import type { Halting } from "./halting.ts";
import { changeHome, homeIn, removeHome } from "./home.ts";
import { readLog } from "./log-files.ts";
import { isId } from "./mark.ts";
import { memoryLimits } from "./memory.ts";
import { type Process, processAt } from "./process-table.ts";
import { type ProcessProperties, stopOf } from "./properties.ts";
import { readiness } from "./ready.ts";
import { execute, type Place } from "./running.ts";
import { sharedLook } from "./shared-look.ts";
import { type Sighting, sightingsIn } from "./sightings.ts";
import { assertPossible, start } from "./starting.ts";
import { stopAll } from "./stopping.ts";
import type { Environment } from "./surroundings.ts";
import { sweepAside, sweepStillborn } from "./sweeping.ts";
import { teller } from "./telling.ts";
import { watchProcesses } from "./watch.ts";

/** What a process is made of. */
export interface Commission {
  readonly want: ProcessProperties;
  /** What is declared of a thing of another type that it is. */
  readonly thing?: JsonObject;
  /** Puts into its directory, before it starts, what it needs besides. */
  furnish?(): void;
}

/** All throw ProviderErrors. */
export interface Processes {
  readonly dir: string;
  /** Throws `invalid` where one can never be so on this machine. Touches nothing. */
  assertPossible(want: ProcessProperties): void;
  /** Everything that is there, by id. */
  seen(): Promise<ReadonlyMap<string, Sighting>>;
  /** Throws `invalid` where there is none. */
  theOne(id: string): Promise<Sighting>;
  tell(sighting: Sighting): Promise<Observed<ProcessProperties>>;
  /** @param commission what to make, told where it will live */
  start(tags: Tags, commission: (id: string, home: string) => Commission): Promise<string>;
  /** Puts these in the place of what is written of it. */
  change(sighting: Sighting, changed: Partial<Pick<Sighting, "tags" | "properties" | "thing">>): void;
  /**
   * Returns when none of its processes lives, and nothing is left of it.
   *
   * @param isAsked false where nobody is asked to end first: all are killed
   */
  end(id: string, signal: AbortSignal, isAsked?: boolean): Promise<void>;
  logs(id: string, asked: LogsAsked, signal: AbortSignal): AsyncIterable<Uint8Array>;
  exec(id: string, asked: ExecAsked, signal: AbortSignal): Promise<Execution>;
  /** What all its processes can be halted by, and counted. Throws `invalid` where it has ended. */
  halting(id: string, signal: AbortSignal): Promise<Halting>;
  /** @param startsAnother true while one is starting that counts as running here */
  watch(wake: () => void, signal: AbortSignal, startsAnother?: () => boolean): void;
}

export interface Outside {
  readonly env: Environment;
  readonly io: Io;
}

export interface Where {
  /** An absolute path. */
  readonly dir: string;
  /** What ids begin with. */
  readonly letter: string;
}

export function openProcesses({ dir: asked, letter }: Where, outside: Outside): Processes {
  attempt(asked, () => makeDirectories(asked, 0o700));
  const dir = attempt(asked, () => realpathSync(asked));
  makeEnds(dir);
  sweepAside(dir);
  return processesIn({ dir, letter }, outside, true);
}

/** Where nobody has made the directory yet nobody has started anything, and whoever works there would make it. */
export function lookIntoProcesses({ dir: asked, letter }: Where, outside: Outside): Processes {
  const there = attempt(asked, () => statSync(asked, { throwIfNoEntry: false }));
  if (there?.isDirectory() === false) throw new ProviderError("invalid", `${asked}: it is not a directory`);
  if (there !== undefined) {
    const dir = attempt(asked, () => realpathSync(asked));
    return processesIn({ dir, letter }, outside, false);
  }
  return { ...processesIn({ dir: asked, letter }, outside, false), seen: async () => new Map() };
}

const ID_BYTES = 6;

function processesIn({ dir, letter }: Where, { env, io }: Outside, mayWrite: boolean): Processes {
  const making = new Set<string>();
  const ending = new Map<string, Promise<void>>();
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const each of listeners) each();
  };
  const memory = memoryLimits();
  const sightings = sightingsIn(dir, io.now, (id) => making.has(id));
  const look = sharedLook(() => sightings.all());
  const families = sharedLook(() => sightings.families());
  const tellers = teller(memory, readiness(placeOf), (id) => ending.has(id));

  async function seen(): Promise<ReadonlyMap<string, Sighting>> {
    const all = await look();
    tellers.keep(all);
    if (mayWrite) sweepStillborn(dir, sightings.stillborn(), memory, io.now());
    return all;
  }

  /** Throws `invalid` where there is none. */
  async function theOne(id: string): Promise<Sighting> {
    const found = (await look()).get(id);
    if (found === undefined) throw new ProviderError("invalid", `there is no ${id} in ${dir}`);
    return found;
  }

  function placeOf({ id, life, properties }: Sighting): Place | undefined {
    if (life.kind !== "lives") return undefined;
    return { id, family: life.family, properties, memoryEntrance: memory.entrance(id) };
  }

  async function membersOf(id: string): Promise<readonly Process[]> {
    return withLimited(id, (await families()).get(id)?.members ?? []);
  }

  /** These living processes of one id, and those under its memory limit. */
  function withLimited(id: string, living: readonly Process[]): readonly Process[] {
    const pids = new Set(living.map(({ pid }) => pid));
    const more = memory.members(id).filter((pid) => !pids.has(pid));
    return [...living, ...more.flatMap((pid) => processAt(pid) ?? [])];
  }

  async function endOne(id: string, aborted: AbortSignal, isAsked: boolean): Promise<void> {
    const found = (await look()).get(id);
    const polite = isAsked ? stopOf(found?.properties ?? {}) : undefined;
    // Of most that have ended nobody is left, and this look has shown it: another one costs as much.
    if (withLimited(id, found?.living ?? []).length > 0) {
      await stopAll({ polite, members: () => membersOf(id), aborted });
    }
    memory.remove(id);
    removeHome(dir, id);
    removeEnd(dir, id);
  }

  return {
    dir,
    assertPossible: (want) => assertPossible(want, memory),
    seen,
    theOne,
    tell: (sighting) => tellers.tell(sighting),

    async start(tags, commission) {
      const id = `${letter}-${Buffer.from(io.randomBytes(ID_BYTES)).toString("hex")}`;
      making.add(id);
      try {
        const commissioned = commission(id, homeIn(dir, id));
        const leader = await start({ dir, id, tags, memory, env, now: io.now(), ...commissioned });
        leader.once("exit", changed);
      } finally {
        making.delete(id);
      }
      changed();
      return id;
    },

    change({ tags, properties, thing, since, home }, to) {
      changeHome(home, { tags, properties, thing, ...to, made: since });
      changed();
    },

    async end(id, signal, isAsked = true) {
      if (!isId(id)) return;
      // Whoever is ending has been asked to: to many programs a second time means at once.
      const end = ending.get(id) ?? endOne(id, signal, isAsked).finally(() => ending.delete(id));
      ending.set(id, end);
      await end;
      changed();
    },

    async *logs(id, asked, signal) {
      const { home } = await theOne(id);
      yield* readLog(home, asked, async () => (await look()).get(id)?.life.kind !== "lives", signal);
    },

    async exec(id, asked, signal) {
      const place = placeOf(await theOne(id));
      if (place === undefined) throw hasEnded(id);
      return execute(place, asked, signal);
    },

    async halting(id, signal) {
      if ((await theOne(id)).life.kind !== "lives") throw hasEnded(id);
      return { id, members: () => membersOf(id), aborted: signal, changed };
    },

    watch(wake, signal, startsAnother = () => false) {
      listeners.add(wake);
      signal.addEventListener("abort", () => listeners.delete(wake), { once: true });
      const { missesOne } = sightings;
      const startsOne = () => tellers.startsOne() || startsAnother();
      watchProcesses({ dir, missesOne, startsOne }, wake, signal);
    },
  };
}

function hasEnded(id: string): ProviderError {
  return new ProviderError("invalid", `${id} has ended`);
}
