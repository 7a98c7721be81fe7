import { resolve } from "node:path";
import { bears } from "@muster/model";
import type { TaggedProvider, TaggedType } from "@muster/plugin";
import { lookIntoProcesses, openProcesses, type Processes } from "./processes.ts";
import { type ProcessProperties, type ProcessSettings, processProperties, processSettings } from "./properties.ts";
import type { Environment } from "./surroundings.ts";
import { PROCESS_TOOLS, useTool } from "./tools.ts";

const LETTER = "p";

/**
 * A local process that outlives Muster, with all that it starts.
 *
 * @param env where a process has its PATH and its like from, and where secrets are read
 */
export function processIn(env: Environment): TaggedType<ProcessProperties, ProcessSettings> {
  const where = (dir: string) => ({ dir: resolve(dir), letter: LETTER });
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
    open: async ({ dir }, io) => providerOf(openProcesses(where(dir), { env, io })),
    openToLook: async ({ dir }, io) => providerOf(lookIntoProcesses(where(dir), { env, io })),
  };
}

/** With the environment of this process. */
export const processType = processIn(process.env);

function providerOf(processes: Processes): TaggedProvider<ProcessProperties> {
  return {
    known: "tags",
    scope: processes.dir,

    async validate(want) {
      processes.assertPossible(want);
    },

    async *list(by) {
      const found = [...(await processes.seen()).values()].filter(({ tags }) => bears(tags, by));
      const told = await Promise.all(found.map(processes.tell));
      if (told.length > 0) yield told;
    },

    async read(id) {
      const found = (await processes.seen()).get(id);
      return found === undefined ? undefined : processes.tell(found);
    },

    async create(want, tags) {
      return { id: await processes.start(tags, () => ({ want })) };
    },

    async update({ id }, want) {
      const sighting = await processes.theOne(id);
      const { properties } = sighting;
      const { stop: _, log: __, ...rest } = Object.keys(properties).length === 0 ? want : properties;
      const { stop, log } = want;
      processes.change(sighting, {
        properties: { ...rest, ...(stop === undefined ? {} : { stop }), ...(log === undefined ? {} : { log }) },
      });
    },

    async retag(id, tags) {
      const sighting = await processes.theOne(id);
      processes.change(sighting, { tags: { ...sighting.tags, ...tags } });
    },

    destroy: (id, { signal }) => processes.end(id, signal),
    logs: (id, asked, { signal }) => processes.logs(id, asked, signal),
    exec: (id, asked, { signal }) => processes.exec(id, asked, signal),
    async *tool(id, { tool }, { signal }) {
      yield await useTool(tool, await processes.halting(id, signal));
    },
    watch: (wake, signal) => processes.watch(wake, signal),
  };
}
