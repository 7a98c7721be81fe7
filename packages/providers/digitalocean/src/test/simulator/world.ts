/** All that there is in the simulated account. */
import { type Agenda, emptyAgenda } from "./agenda.ts";
import { IMAGES, type Image, REGIONS, type Region, SIZES, type Size } from "./catalog.ts";
import type { SimulatorClock } from "./clock.ts";
import { type Droplet, emptyLedger, type Ledger } from "./droplet.ts";
import type { PendingFaults } from "./faults.ts";

/** How long things take, in milliseconds. */
export interface Times {
  /** From the request to an active droplet. */
  readonly createMs: number;
  readonly resizeMs: number;
  readonly snapshotMs: number;
  readonly rebuildMs: number;
  /** Every other action. */
  readonly actionMs: number;
  /** From the end of a `shutdown`, which only says that the guest was told, until the guest is off. */
  readonly guestMs: number;
  /** How long a destroyed droplet is still there, as `archive`. */
  readonly destroyMs: number;
}

export const USUAL_TIMES: Times = {
  createMs: 30_000,
  resizeMs: 60_000,
  snapshotMs: 60_000,
  rebuildMs: 40_000,
  actionMs: 10_000,
  guestMs: 8_000,
  destroyMs: 5_000,
};

export interface Action {
  readonly id: number;
  readonly type: string;
  readonly status: "in-progress" | "completed" | "errored";
  readonly startedAt: number;
  readonly completedAt: number | undefined;
  readonly droplet: number;
  readonly region: string;
}

export interface Tag {
  /** As it was written when it was first used. */
  readonly name: string;
  readonly lastTagged: number | undefined;
}

export interface SshKey {
  readonly id: number;
  readonly name: string;
  readonly publicKey: string;
  /** MD5, in pairs of digits between colons. */
  readonly fingerprint: string;
}

export interface DomainRecord {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
  readonly priority: number | null;
  readonly port: number | null;
  readonly ttl: number;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

export interface Domain {
  readonly name: string;
  readonly records: ReadonlyMap<number, DomainRecord>;
}

export interface AccountSettings {
  readonly dropletLimit: number;
  /** As it is today. Where not, a droplet has private networking only if it was asked for. */
  readonly everyDropletInVpc: boolean;
}

/** Kinds of things that are numbered, each from a start of its own. */
const FIRST_IDS = { droplet: 3_000_000, action: 90_000_000, image: 70_000_000, key: 500_000, record: 1_000_000 };

export interface World {
  readonly clock: SimulatorClock;
  readonly agenda: Agenda;
  readonly times: Times;
  readonly faults: PendingFaults;
  readonly account: AccountSettings;
  readonly regions: Map<string, Region>;
  readonly sizes: Map<string, Size>;
  readonly images: Map<number, Image>;
  readonly droplets: Ledger;
  readonly actions: Map<number, Action>;
  /** The action that a droplet is busy with. */
  readonly busy: Map<number, number>;
  /** By the name in lower case. */
  readonly tags: Map<string, Tag>;
  readonly keys: Map<number, SshKey>;
  readonly domains: Map<string, Domain>;
  nextId(kind: keyof typeof FIRST_IDS): number;
}

export function emptyWorld(
  clock: SimulatorClock,
  times: Times,
  faults: PendingFaults,
  account: AccountSettings,
): World {
  const ids = { ...FIRST_IDS };
  return {
    clock,
    agenda: emptyAgenda(),
    times,
    faults,
    account,
    regions: new Map(REGIONS.map((region) => [region.slug, region])),
    sizes: new Map(SIZES.map((size) => [size.slug, size])),
    images: new Map(IMAGES.map((image) => [image.id, image])),
    droplets: emptyLedger(),
    actions: new Map(),
    busy: new Map(),
    tags: new Map(),
    keys: new Map(),
    domains: new Map(),
    nextId: (kind) => ++ids[kind],
  };
}

/** Numbered from 1, in the order of creation. */
export function ordinalOf(droplet: Droplet): number {
  return droplet.id - FIRST_IDS.droplet;
}

/** What has an id was put there: a droplet's region, size and image are never taken out of the catalog. */
export function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the simulator has lost ${String(key)}`);
  return value;
}

/** The public image that a slug means now, or the image with this id. */
export function imageOf(world: World, wanted: string | number): Image | undefined {
  const text = String(wanted);
  if (/^\d+$/.test(text)) return world.images.get(Number(text));
  return [...world.images.values()].find(({ slug }) => slug === text);
}
