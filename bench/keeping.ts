import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { grammar } from "@muster/declaration";
import { vanilla } from "@muster/flavors";
import { type Document, isConverged, type JsonObject } from "@muster/model";
import { type Catalog, listeningPorts, type Type } from "@muster/plugin";
import { instanceFile } from "@muster/provider-file";
import { hostPorts, keepStack, type StackKeeper, systemClock } from "@muster/runtime";
import { openSqliteStore, thisProcess } from "@muster/store";

let looks = 0;

/** The built-in type, with its looks counted. */
const counted: typeof instanceFile = {
  ...instanceFile,
  async open(settings, io) {
    const provider = await instanceFile.open(settings, io);
    return {
      ...provider,
      list(by, ctx) {
        looks++;
        return provider.list(by, ctx);
      },
    };
  },
};

function catalogOf(type: Type): Catalog {
  return {
    type: (name) => (name === type.name ? type : undefined),
    flavor: (name) => (name === vanilla.name ? vanilla : undefined),
    typeNames: () => [type.name],
    flavorNames: () => [vanilla.name],
    onChange: () => () => undefined,
  };
}

/** A group of `size` instance files. */
export function documentOf(size: number): Document {
  return documentOfGroups({ cattle: { size, template: { "instance-file": { properties: { Note: "bench" } } } } });
}

/** A group of `size` processes that are small and do nothing. */
export function sleepersOf(size: number): Document {
  return documentOfGroups({ cattle: { size, template: { process: SLEEPER } } });
}

export const SLEEPER = { command: "/bin/sleep", args: ["1000"] };

export function documentOfGroups(groups: JsonObject): Document {
  return { dialect: "muster", data: { stack: "bench", groups } };
}

/** What the members of a bench are, and what the type needs to know. */
export interface Kind {
  readonly type: Type;
  readonly settings: JsonObject;
}

export interface Kept {
  readonly keeper: StackKeeper;
  /** Resolves when all groups are converged at this generation or a later one. */
  converged(generation: number): Promise<void>;
  /** Resolves when the status of a group has changed. */
  changed(): Promise<void>;
  /** How often the directory has been looked at. */
  looks(): number;
  close(): Promise<void>;
}

/** A directory of instance files below the folder. */
export function instancesIn(folder: string): string {
  return join(folder, "instances");
}

/** Keeps a stack with the production runtime and its SQLite store below the folder: of instance files, unless told. */
export async function keepBench(
  folder: string,
  { type, settings }: Kind = { type: counted, settings: { dir: instancesIn(folder) } },
): Promise<Kept> {
  const store = openSqliteStore(join(folder, "state", "muster.db"));
  const lease = await store.acquire("bench", await thisProcess(join(folder, "none.sock"), "bench"), async () => false);
  let changed = Promise.withResolvers<void>();
  const keeper = await keepStack({
    store,
    lease,
    catalog: catalogOf(type),
    grammar,
    settings: { [type.name]: settings },
    io: { now: Date.now, randomBytes },
    clock: systemClock,
    hostPorts: hostPorts(listeningPorts),
    onEvent: () => undefined,
    onStatus() {
      changed.resolve();
      changed = Promise.withResolvers();
    },
    onLost(error) {
      throw error;
    },
  });
  return {
    keeper,
    changed: () => changed.promise,
    looks: () => looks,
    async converged(generation) {
      for (;;) {
        const groups = keeper.groups();
        const isSo = ({ status }: (typeof groups)[number]) =>
          status !== undefined && status.observedGeneration >= generation && isConverged(status);
        if (groups.length > 0 && groups.every(isSo)) return;
        await changed.promise;
      }
    },
    async close() {
      await keeper.close();
      await store.close();
    },
  };
}
