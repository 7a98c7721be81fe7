/**
 * A world of things, kept in memory: notes (a claim says whose they are), boxes (they bear tags) and chores (nothing stays of
 * them). It does what real providers do, and can be made to fail, to hang and to lie as they may.
 */
import { bears, type JsonObject, type Observed, type Tags } from "@muster/model";
import {
  type Catalog,
  type ClaimedProvider,
  type ClaimedType,
  type Ctx,
  ProviderError,
  type TaggedProvider,
  type TaggedType,
  type TaskProvider,
  type TaskType,
  type Type,
} from "@muster/plugin";
import { z } from "zod";
import type { Clock } from "../ports.ts";

const text = z.union([z.string(), z.strictObject({ secret: z.any() })]);

const note = z.strictObject({
  path: z.string(),
  text: text.optional(),
  count: z.number().optional(),
  list: z.array(z.string()).optional(),
  made: z.string().optional(),
});
type Note = z.infer<typeof note>;

const box = z.strictObject({
  name: z.string(),
  size: z.number().optional(),
  colour: z.string().optional(),
  key: text.optional(),
  place: z.string().optional(),
});
type Box = z.infer<typeof box>;

const chore = z.strictObject({ name: z.string(), once: z.string().optional(), word: text.optional() });
type Chore = z.infer<typeof chore>;

export type Verb =
  | "open"
  | "list"
  | "read"
  | "create"
  | "update"
  | "destroy"
  | "refresh"
  | "retag"
  | "due"
  | "run"
  | "assess";

/** One call of a provider: of which thing, by the name that it has in its declaration or in the world. */
export interface Call {
  readonly verb: Verb;
  readonly of: string;
}

export interface World {
  readonly notes: Map<string, Observed<Note>>;
  readonly boxes: Map<string, Observed<Box>>;
  /** What chores have been done. */
  readonly done: string[];
  /** Every call, as it began: `create /a`. */
  readonly calls: string[];
  /** How many of a kind have been under way at once, at most. */
  readonly most: Map<Verb, number>;
  /** Before a call does what it is for: may take its time, and may throw. */
  before(does: (call: Call) => Promise<void> | void): void;
  /** After it was done, and before it is answered. */
  after(does: (call: Call) => Promise<void> | void): void;
  /** What a list shows, instead of everything. */
  shows(does: (all: readonly Observed<Box>[]) => readonly Observed<Box>[]): void;
  /** Calls of changes that are answered and do nothing. */
  readonly deaf: Set<Verb>;
  put(name: string, more?: Partial<Box>, tags?: Tags): string;
  hint(): void;
  readonly catalog: Catalog;
  /** Boxes of another provider are other boxes; this one cannot be asked for a single one. */
  withoutRead(): void;
}

/** Reads of what changes nothing are of no interest to most. */
const LOOKS: ReadonlySet<Verb> = new Set(["open", "list", "read", "due", "assess"]);

export function openWorld(clock: Clock): World {
  const notes = new Map<string, Observed<Note>>();
  const boxes = new Map<string, Observed<Box>>();
  const done: string[] = [];
  const calls: string[] = [];
  const most = new Map<Verb, number>();
  const now = new Map<Verb, number>();
  const deaf = new Set<Verb>();
  const wakes = new Set<() => void>();
  const nothing = (): void => undefined;
  let before: (call: Call) => Promise<void> | void = nothing;
  let after: (call: Call) => Promise<void> | void = nothing;
  let shows = (all: readonly Observed<Box>[]): readonly Observed<Box>[] => all;
  let reads = true;
  let last = 0;

  async function called<T>(verb: Verb, of: string, does: () => T): Promise<T> {
    calls.push(`${verb} ${of}`);
    now.set(verb, (now.get(verb) ?? 0) + 1);
    most.set(verb, Math.max(most.get(verb) ?? 0, now.get(verb) ?? 0));
    try {
      await before({ verb, of });
      const answer = deaf.has(verb) && !LOOKS.has(verb) ? undefined : does();
      await after({ verb, of });
      return answer as T;
    } finally {
      now.set(verb, (now.get(verb) ?? 0) - 1);
    }
  }

  const known = (id: string, properties: object, tags: Tags = {}) => {
    return { id, tags, phase: "running" as const, properties, since: clock.now() };
  };

  const noteProvider: ClaimedProvider<Note> = {
    known: "claim",
    scope: "the desk",
    read: (id) => called("read", id, () => notes.get(id)),
    create: (want) =>
      called("create", want.path, () => {
        if (notes.has(want.path)) throw new ProviderError("conflict", `${want.path} is there already`);
        notes.set(want.path, known(want.path, want));
        return { id: want.path };
      }),
    update: ({ id, properties }, want) =>
      called("update", id, () => void notes.set(id, known(id, { ...properties, ...want }))),
    destroy: (id) => called("destroy", id, () => void notes.delete(id)),
    refresh: ({ id }) => called("refresh", id, nothing),
    async *list() {
      yield await called("list", "notes", () => [...notes.values()]);
    },
    watch(wake, signal) {
      wakes.add(wake);
      signal.addEventListener("abort", () => wakes.delete(wake));
    },
  };

  const noteType: ClaimedType<Note, JsonObject> = {
    ...{ known: "claim", name: "note", summary: "A note", naming: "path", settleMs: 0, local: true },
    schema: note,
    settings: z.record(z.string(), z.json()),
    effects: { text: "in-place", count: "in-place", list: "in-place" },
    exclusive: ({ path }) => [path],
    restsOn: ({ path }) => prefixesOf(path),
    open: () => called("open", "note", () => noteProvider),
  };

  function boxProvider(): TaggedProvider<Box> {
    return {
      known: "tags",
      scope: "the shed",
      async *list(by, ctx) {
        yield await called("list", "boxes", () => shows([...boxes.values()].filter(({ tags }) => bears(tags, by))));
        await silent(ctx);
      },
      ...(reads ? { read: (id: string) => called("read", id, () => boxes.get(id)) } : {}),
      create: (want, tags, ctx) =>
        called("create", want.name, () => {
          const id = `b${++last}`;
          const { key: _, ...shown } = want;
          const digests = ctx.digests === undefined ? {} : { digests: ctx.digests };
          boxes.set(id, { ...known(id, { ...shown, number: last, address: `10.0.0.${last}` }, tags), ...digests });
          return { id };
        }),
      update: (from, want, ctx) =>
        called("update", from.id, () => {
          const is = boxes.get(from.id);
          if (is === undefined) throw new ProviderError("retryable", `${from.id} is gone`);
          const { key: _, ...shown } = want;
          const digests = { ...is.digests, ...ctx.digests };
          boxes.set(from.id, { ...is, properties: { ...is.properties, ...shown }, digests });
        }),
      destroy: (id) => called("destroy", id, () => void boxes.delete(id)),
      retag: (id, tags) =>
        called("retag", id, () => {
          const is = boxes.get(id);
          if (is !== undefined) boxes.set(id, { ...is, tags: { ...is.tags, ...tags } });
        }),
      async assess(_, { size }) {
        return called("assess", "boxes", () => {
          if (size !== undefined && size > 100) throw new ProviderError("invalid", `there is no size ${size}`);
          return { price: { after: size ?? 0 } };
        });
      },
    };
  }

  const boxType: TaggedType<Box, JsonObject> = {
    ...{ known: "tags", name: "box", summary: "A box", naming: "name", settleMs: 2_000, local: false },
    schema: box,
    settings: z.record(z.string(), z.json()),
    effects: { size: "in-place", colour: "restart", key: "in-place" },
    outputs: z.object({ number: z.number(), address: z.string() }),
    unreadable: ["key"],
    open: () => called("open", "box", boxProvider),
  };

  const choreProvider: TaskProvider<Chore> = {
    scope: "here",
    due: ({ name, once }) =>
      called("due", name, () => (once === undefined || done.includes(once) ? undefined : `${once} is not done`)),
    run: ({ name, once }) => called("run", name, () => void done.push(once ?? name)),
  };

  const choreType: TaskType<Chore, JsonObject> = {
    ...{ known: "task", name: "chore", summary: "A chore", naming: "name" },
    schema: chore,
    settings: z.record(z.string(), z.json()),
    open: async () => choreProvider,
  };

  const types: readonly Type[] = [noteType as unknown as Type, boxType as unknown as Type];
  return {
    ...{ notes, boxes, done, calls, most, deaf },
    before(does) {
      before = does;
    },
    after(does) {
      after = does;
    },
    shows(does) {
      shows = does;
    },
    put(name, more = {}, tags = {}) {
      const id = `b${++last}`;
      boxes.set(id, known(id, { name, ...more }, tags));
      return id;
    },
    hint() {
      for (const wake of wakes) wake();
    },
    withoutRead() {
      reads = false;
    },
    catalog: {
      type: (name) => types.find((type) => type.name === name),
      task: (name) => (name === "chore" ? (choreType as unknown as TaskType) : undefined),
      flavor: () => undefined,
      typeNames: () => types.map(({ name }) => name),
      taskNames: () => ["chore"],
      flavorNames: () => [],
      onChange: () => () => undefined,
    },
  };
}

/** Ends when its caller does not listen any more, and else at once. */
async function silent({ signal }: Ctx): Promise<void> {
  signal.throwIfAborted();
}

function prefixesOf(path: string): readonly string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}
