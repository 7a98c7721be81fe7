import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { bears } from "@muster/model";
import { type Io, makeDirectories, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { makeEnds, removeEnd } from "./ends.ts";
import { attempt } from "./failure.ts";
import { changeHome, removeHome } from "./home.ts";
import { readLog } from "./log-files.ts";
import { isId } from "./mark.ts";
import { memoryLimits } from "./memory.ts";
import { type Process, processAt } from "./process-table.ts";
import {
  type ProcessProperties,
  type ProcessSettings,
  processProperties,
  processSettings,
  stopOf,
} from "./properties.ts";
import { readiness } from "./ready.ts";
import { execute, type Place } from "./running.ts";
import { sharedLook } from "./shared-look.ts";
import { type Sighting, sightingsIn } from "./sightings.ts";
import { assertPossible, start } from "./starting.ts";
import { stopAll } from "./stopping.ts";
import type { Environment } from "./surroundings.ts";
import { sweepAside, sweepStillborn } from "./sweeping.ts";
import { teller } from "./telling.ts";
import { PROCESS_TOOLS, useTool } from "./tools.ts";
import { watchProcesses } from "./watch.ts";

/**
 * A local process that outlives Muster, with all that it starts.
 *
 * @param env where a process has its PATH and its like from, and where secrets are read
 */
export function processIn(env: Environment): TaggedType<ProcessProperties, ProcessSettings> {
  return {
    known: "tags",
    name: "process",
    summary: "A local process that outlives Muster, with all that it starts",
    schema: processProperties,
    settings: processSettings,
    effects: { stop: "in-place", log: "in-place" },
    settleMs: 0,
    local: true,
    ports: true,
    startupMs: 30_000,
    tools: PROCESS_TOOLS,
    exclusive: ({ port }) => (port === undefined ? [] : [`tcp:${port}`]),
    open: async ({ dir }, io) => openDirectory(resolve(dir), { env, io }),
    openToLook: async ({ dir }, io) => lookInto(resolve(dir), { env, io }),
  };
}

/** With the environment of this process. */
export const processType = processIn(process.env);

type Provider = TaggedProvider<ProcessProperties>;

interface Outside {
  readonly env: Environment;
  readonly io: Io;
}

function openDirectory(asked: string, outside: Outside): Provider {
  attempt(asked, () => makeDirectories(asked, 0o700));
  const dir = attempt(asked, () => realpathSync(asked));
  makeEnds(dir);
  sweepAside(dir);
  return providerIn(dir, outside, true);
}

/** Where nobody has made the directory yet nobody has started anything, and whoever works there would make it. */
function lookInto(asked: string, outside: Outside): Provider {
  const there = attempt(asked, () => statSync(asked, { throwIfNoEntry: false }));
  if (there?.isDirectory() === false) throw new ProviderError("invalid", `${asked}: it is not a directory`);
  if (there !== undefined)
    return providerIn(
      attempt(asked, () => realpathSync(asked)),
      outside,
      false,
    );
  return {
    ...providerIn(asked, outside, false),
    async *list() {
      // Nothing to show.
    },
  };
}

const ID_BYTES = 6;

function providerIn(dir: string, { env, io }: Outside, mayWrite: boolean): Provider {
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
    if (found === undefined) throw new ProviderError("invalid", `there is no process ${id} in ${dir}`);
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

  async function endOne(id: string, aborted: AbortSignal): Promise<void> {
    const found = (await look()).get(id);
    const { signal, timeoutMs } = stopOf(found?.properties ?? {});
    // Of most that have ended nobody is left, and this look has shown it: another one costs as much.
    if (withLimited(id, found?.living ?? []).length > 0) {
      await stopAll({ signal, timeoutMs, members: () => membersOf(id), aborted });
    }
    memory.remove(id);
    removeHome(dir, id);
    removeEnd(dir, id);
  }

  return {
    known: "tags",
    scope: dir,

    async validate(want) {
      assertPossible(want, memory);
    },

    async *list(by) {
      const found = [...(await seen()).values()].filter(({ tags }) => bears(tags, by));
      const told = await Promise.all(found.map((each) => tellers.tell(each)));
      if (told.length > 0) yield told;
    },

    async read(id) {
      const found = (await seen()).get(id);
      return found === undefined ? undefined : tellers.tell(found);
    },

    async create(want, tags) {
      const id = `p-${Buffer.from(io.randomBytes(ID_BYTES)).toString("hex")}`;
      making.add(id);
      try {
        const leader = await start({ dir, id, want, tags, memory, env, now: io.now() });
        leader.once("exit", changed);
      } finally {
        making.delete(id);
      }
      changed();
      return { id };
    },

    async update({ id }, want) {
      const { tags, properties, since, home } = await theOne(id);
      const { stop: _, log: __, ...rest } = Object.keys(properties).length === 0 ? want : properties;
      const { stop, log } = want;
      const changedProperties = {
        ...rest,
        ...(stop === undefined ? {} : { stop }),
        ...(log === undefined ? {} : { log }),
      };
      changeHome(home, { tags, properties: changedProperties, made: since });
      changed();
    },

    async retag(id, tags) {
      const { tags: own, properties, since, home } = await theOne(id);
      changeHome(home, { tags: { ...own, ...tags }, properties, made: since });
      changed();
    },

    async destroy(id, { signal }) {
      if (!isId(id)) return;
      // Whoever is ending has been asked to: to many programs a second time means at once.
      const end = ending.get(id) ?? endOne(id, signal).finally(() => ending.delete(id));
      ending.set(id, end);
      await end;
      changed();
    },

    async *logs(id, asked, { signal }) {
      const { home } = await theOne(id);
      yield* readLog(home, asked, async () => (await look()).get(id)?.life.kind !== "lives", signal);
    },

    async exec(id, asked, { signal }) {
      const place = placeOf(await theOne(id));
      if (place === undefined) throw hasEnded(id);
      return execute(place, asked, signal);
    },

    async *tool(id, { tool }, { signal }) {
      if ((await theOne(id)).life.kind !== "lives") throw hasEnded(id);
      const given = await useTool(tool, { id, members: () => membersOf(id), aborted: signal });
      changed();
      yield given;
    },

    watch(wake, signal) {
      listeners.add(wake);
      signal.addEventListener("abort", () => listeners.delete(wake), { once: true });
      const { missesOne } = sightings;
      watchProcesses({ dir, missesOne, startsOne: tellers.startsOne }, wake, signal);
    },
  };
}

function hasEnded(id: string): ProviderError {
  return new ProviderError("invalid", `the process ${id} has ended`);
}
