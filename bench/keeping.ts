import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { onlyGroup, resize, stackOf, withoutGroup } from "@muster/declaration";
import { vanilla } from "@muster/flavors";
import { type Document, isConverged } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { instanceFile } from "@muster/provider-file";
import { keepStack, type StackKeeper, systemClock } from "@muster/runtime";
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

const catalog: Catalog = {
  type: (name) => (name === counted.name ? counted : undefined),
  flavor: (name) => (name === vanilla.name ? vanilla : undefined),
  typeNames: () => [instanceFile.name],
  flavorNames: () => [vanilla.name],
  onChange: () => () => undefined,
};

/** A group of `size` instance files below `folder`, kept by the production runtime with its SQLite store. */
export function documentOf(size: number): Document {
  const template = { "instance-file": { properties: { Note: "bench" } } };
  return { dialect: "muster", data: { stack: "bench", groups: { cattle: { size, template } } } };
}

export interface Kept {
  readonly keeper: StackKeeper;
  readonly instances: string;
  /** Resolves when the group is converged at this generation or a later one. */
  converged(generation: number): Promise<void>;
  /** How often the directory has been looked at. */
  looks(): number;
  close(): Promise<void>;
}

export async function keepBench(folder: string): Promise<Kept> {
  const instances = join(folder, "instances");
  const store = openSqliteStore(join(folder, "state", "muster.db"));
  const lease = await store.acquire("bench", await thisProcess(join(folder, "none.sock"), "bench"), async () => false);
  let changed = Promise.withResolvers<void>();
  const keeper = await keepStack({
    store,
    lease,
    catalog,
    grammar: { stackOf, onlyGroup, resize, withoutGroup },
    settings: { "instance-file": { dir: instances } },
    io: { now: Date.now, randomBytes },
    clock: systemClock,
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
    instances,
    looks: () => looks,
    async converged(generation) {
      for (;;) {
        const status = keeper.groups()[0]?.status;
        if (status !== undefined && status.observedGeneration >= generation && isConverged(status)) return;
        await changed.promise;
      }
    },
    async close() {
      await keeper.close();
      await store.close();
    },
  };
}
