/** A stack whose members are kept in memory and whose files are real: what happens to both is written down in one order. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grammar } from "@muster/declaration";
import {
  bears,
  type Document,
  type Event,
  isConverged,
  type JsonObject,
  type Observed,
  PASS,
  type StackPlan,
  type Verdict,
} from "@muster/model";
import type { Catalog, Flavor, TaggedType, Type } from "@muster/plugin";
import { file } from "@muster/provider-file";
import { keepStack, planStack, type StackKeeper, systemClock } from "@muster/runtime";
import { memoryStore, type Store, thisProcess } from "@muster/store";
import { expect, onTestFinished, vi } from "vitest";
import { z } from "zod";

const anything = z.record(z.string(), z.json());

export const CONTENT = `upstream web {
{{#each groups.web}}
  server 127.0.0.1:{{port}};
{{else}}
  server 127.0.0.1:9 down;
{{/each}}
}
`;

export interface Shop {
  readonly conf: string;
  /** A program that refuses a file without an upstream. */
  readonly checker: string;
  /** The program that is told of the file. */
  readonly reloader: string;
  readonly store: Store;
  readonly events: readonly Event[];
  /** What happened to members, each with the ports that the file named then, and those its program knew of. */
  readonly happened: readonly string[];
  readonly things: ReadonlyMap<string, Observed>;
  readonly verdicts: Map<string, Verdict>;
  open(): Promise<StackKeeper>;
  plan(document: Document): Promise<StackPlan>;
  /** A stack with the group `web` of so many, and the file. */
  document(
    size: number,
    changes?: { readonly group?: JsonObject; readonly file?: JsonObject; readonly stack?: JsonObject },
  ): Document;
  /** The ports that the file names; undefined where there is none. */
  named(): readonly string[] | undefined;
  /** The content that the program was told of, oldest first. */
  told(): readonly string[];
  /** How often it was run, well or not. */
  tries(): number;
  messages(type: Event["type"]): readonly string[];
  /** While it is there, the program fails; or does not answer. */
  readonly broken: Flag;
  readonly silent: Flag;
  /** While it is there, new content is refused. */
  readonly refusing: Flag;
  /** Everything in the directory of the file. */
  files(): readonly string[];
}

interface Flag {
  set(): void;
  clear(): void;
}

export function shop(): Shop {
  const folder = mkdtempSync(join(tmpdir(), "muster-front-"));
  const home = mkdtempSync(join(tmpdir(), "muster-front-home-"));
  const keepers = new Set<StackKeeper>();
  onTestFinished(async () => {
    silent.clear();
    for (const keeper of keepers) await keeper.close();
    rmSync(folder, { recursive: true });
    rmSync(home, { recursive: true });
  });
  const conf = join(folder, "web.conf");
  const heard = join(home, "heard");
  const [broken, silent, refusing] = [flag("broken"), flag("silent"), flag("refusing")];
  const reloader = script(
    "reload",
    `echo >> ${home}/tries; while [ -e ${home}/silent ]; do sleep 0.02; done; [ ! -e ${home}/broken ] || { echo no such luck >&2; exit 3; }
{ cat ${conf}; echo --; } >> ${heard}`,
  );
  const checker = script(
    "check",
    `grep -q upstream "$1" && [ ! -e ${home}/refusing ] || { echo "bad: $1" >&2; exit 1; }`,
  );
  const things = new Map<string, Observed>();
  const verdicts = new Map<string, Verdict>();
  const happened: string[] = [];
  const events: Event[] = [];
  const store = memoryStore();
  let made = 0;

  function flag(name: string): Flag {
    const path = join(home, name);
    return { set: () => writeFileSync(path, ""), clear: () => rmSync(path, { force: true }) };
  }

  function script(name: string, text: string): string {
    const path = join(home, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  const portsIn = (text: string) => [...text.matchAll(/:(\d+);/g)].map(([, port = ""]) => port);
  const told = () => (existsSync(heard) ? readFileSync(heard, "utf8").split("--\n").slice(0, -1) : []);
  const tries = () => (existsSync(join(home, "tries")) ? readFileSync(join(home, "tries"), "utf8").length : 0);
  const named = () => (existsSync(conf) ? portsIn(readFileSync(conf, "utf8")) : undefined);
  const note = (what: string) =>
    happened.push(`${what}: file ${named()?.join(" ") ?? "-"}, program ${portsIn(told().at(-1) ?? "").join(" ")}`);

  const thing: TaggedType = {
    ...{
      known: "tags",
      name: "thing",
      summary: "A thing in memory that listens",
      schema: anything,
      settings: anything,
    },
    ...{ effects: {}, settleMs: 0, local: true, ports: true },
    open: async () => ({
      known: "tags",
      scope: "the shop",
      async *list(by) {
        yield [...things.values()].filter((each) => bears(each.tags, by));
      },
      async create(properties, tags) {
        const id = `i-${made}`;
        const own = { ...tags, "muster.port": String(8_000 + made++) };
        things.set(id, { id, tags: own, phase: "running", properties, since: Date.now() });
        return { id };
      },
      async destroy(id) {
        note(`destroy ${things.get(id)?.tags["muster.port"]}`);
        things.delete(id);
      },
    }),
  };
  const asked: Flavor = {
    ...{ name: "asked", summary: "As the test has it", schema: anything, effects: {} },
    health: async ({ id }) => verdicts.get(id) ?? PASS,
    drain: async ({ tags }) => void note(`drain ${tags["muster.port"]}`),
  };
  const types = [thing, file] as readonly Type[];
  const catalog: Catalog = {
    type: (name) => types.find((type) => type.name === name),
    flavor: (name) => (name === asked.name ? asked : undefined),
    typeNames: () => types.map(({ name }) => name),
    flavorNames: () => [asked.name],
    onChange: () => () => undefined,
  };

  const outside = {
    ...{ store, catalog, clock: systemClock, settings: {}, io: { now: Date.now, randomBytes } },
    grammar,
  };

  return {
    ...{
      conf,
      checker,
      reloader,
      store,
      events,
      happened,
      things,
      verdicts,
      named,
      told,
      tries,
      broken,
      silent,
      refusing,
    },
    messages: (wanted) =>
      events
        .filter(({ type }) => type === wanted)
        .map(({ message }) => message.replaceAll(folder, "").replaceAll(`${home}/`, "")),
    files: () => readdirSync(folder),
    document: (size, { group = {}, file: own = {}, stack = {} } = {}) => ({
      dialect: "muster",
      data: {
        stack: "shop",
        resources: { file: { [conf]: { content: CONTENT, notify: { command: [reloader], settle: "0ms" }, ...own } } },
        groups: { web: { size, template: { thing: {} }, flavor: { asked: {} }, ...group } },
        ...stack,
      },
    }),
    async plan(document) {
      const before = await store.declaration("shop");
      return planStack({ before, document, source: "stack.yaml", kept: false }, outside);
    },
    async open() {
      const keeper = await keepStack({
        ...outside,
        lease: await store.acquire("shop", thisProcess("none", "test"), async () => false),
        onEvent: (event) => events.push(event),
        onStatus: () => undefined,
        onLost: () => undefined,
        onTrouble(thrown) {
          throw thrown;
        },
      });
      keepers.add(keeper);
      return {
        ...keeper,
        async close() {
          keepers.delete(keeper);
          await keeper.close();
        },
      };
    },
  };
}

const PATIENCE = { timeout: 15_000, interval: 20 };

/** Waits for it, at most 15 s. */
export function until(holds: () => unknown): Promise<void> {
  return vi.waitFor(() => expect(holds()).toBe(true), PATIENCE);
}

/** The members are as declared, and the program of the file was told so. */
export async function settled(house: Shop, keeper: StackKeeper, size: number): Promise<void> {
  await until(() => {
    const status = keeper.groups()[0]?.status;
    return status !== undefined && isConverged(status) && house.things.size === size;
  });
  await until(
    () => house.named()?.length === Math.max(1, size) && house.told().at(-1) === readFileSync(house.conf, "utf8"),
  );
  await vi.waitFor(async () => {
    const claim = await house.store.claimed("file", "/", house.conf);
    expect(claim?.mark.revision).not.toBe("unsettled");
  }, PATIENCE);
}
