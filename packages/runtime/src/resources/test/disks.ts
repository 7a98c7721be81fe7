/** A shelf of disks: a type with everything that a type can say of its things, kept in memory. */
import type { Observed, Tags } from "@muster/model";
import { type Catalog, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { z } from "zod";

const properties = z.strictObject({
  name: z.string(),
  size: z.int().min(1),
  label: z.string().optional(),
  sealed: z.boolean().optional(),
  password: z.string().optional(),
  layers: z.array(z.string()).optional(),
  region: z.string().optional(),
});
export type Disk = z.infer<typeof properties>;

export interface Shelf {
  readonly disks: Map<string, Observed<Disk>>;
  /** What `update` was called with, in order. */
  readonly updates: Partial<Disk>[];
  /** Properties that are answered for and not changed. */
  readonly deaf: Set<string>;
  put(id: string, disk: Partial<Disk>, tags?: Tags): void;
  readonly catalog: Catalog;
}

export function openShelf(): Shelf {
  const disks = new Map<string, Observed<Disk>>();
  const updates: Partial<Disk>[] = [];
  const deaf = new Set<string>();
  const put = (id: string, disk: Partial<Disk>, tags: Tags = {}): void => {
    // A price is read, and never declared.
    const shown = { ...disk, price: (disk.size ?? 0) * 2 };
    disks.set(id, { id, tags, phase: "running", properties: shown, since: 0 });
  };

  const provider: TaggedProvider<Disk> = {
    known: "tags",
    scope: "the shelf",
    async *list() {
      yield [...disks.values()];
    },
    async read(id) {
      if (!/^\d+$/.test(id)) throw new ProviderError("invalid", `${id} is no id of a disk`);
      return disks.get(id);
    },
    async create(want, tags) {
      const id = String(disks.size + 1);
      put(id, want, tags);
      return { id };
    },
    async update({ id, properties: { password: _, ...is }, tags }, want) {
      updates.push(want);
      const { password: __, ...shown } = Object.fromEntries(Object.entries(want).filter(([key]) => !deaf.has(key)));
      put(id, { ...is, ...shown }, tags);
    },
    async destroy(id) {
      disks.delete(id);
    },
    async assess(from, { size }) {
      const before = from?.properties.size;
      const price = size === undefined ? {} : { price: { ...(before ? { before: before * 2 } : {}), after: size * 2 } };
      if (before === undefined || size === undefined) return price;
      if (size < before) {
        const shrinks = {
          effect: "impossible",
          reason: "a disk grows and never shrinks",
          next: "Make another.",
        } as const;
        return { effects: { size: shrinks } };
      }
      const grows = { effect: "restart", irreversible: true, reason: "a disk grows and never shrinks" } as const;
      return { effects: { size: grows }, downtimeMs: 60_000, ...price };
    },
  };
  const disk: TaggedType<Disk, Record<string, never>> = {
    ...{ known: "tags", name: "disk", summary: "A disk", schema: properties, settings: z.strictObject({}) },
    naming: "name",
    effects: { label: "in-place", password: "in-place", layers: "in-place", size: "in-place", sealed: "impossible" },
    ...{ settleMs: 0, local: true, unreadable: ["password"], outputs: z.strictObject({ price: z.number() }) },
    open: async () => provider,
  };
  const catalog: Catalog = {
    type: (name) => (name === "disk" ? disk : undefined),
    flavor: () => undefined,
    typeNames: () => ["disk"],
    flavorNames: () => [],
    onChange: () => () => undefined,
  };
  return { disks, updates, deaf, put, catalog };
}
