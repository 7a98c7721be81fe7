/** Droplets, and what hangs on them, as the API shows them. */
import type { Image, Region, Size } from "./catalog.ts";
import { written } from "./clock.ts";
import type { BackupPolicy, Droplet } from "./droplet.ts";
import { type Action, known, ordinalOf, type World } from "./world.ts";

const DAY = 24 * 3_600_000;
const BACKUP_HOURS = 4;

export function viewDroplet(world: World, droplet: Droplet): object {
  const size = known(world.sizes, droplet.size);
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: droplet.disk,
    disk_info: [{ type: "local", size: { amount: droplet.disk, unit: "gib" } }],
    locked: world.busy.has(droplet.id),
    status: droplet.status,
    kernel: null,
    created_at: written(droplet.createdAt),
    features: featuresOf(droplet),
    backup_ids: [],
    next_backup_window: windowOf(droplet.backups, world.clock.now()),
    snapshot_ids: droplet.snapshots,
    image: viewImage(known(world.images, droplet.image)),
    volume_ids: [],
    size: viewSize(size),
    size_slug: droplet.size,
    networks: networksOf(world, droplet),
    region: viewRegion(world, known(world.regions, droplet.region)),
    tags: droplet.tags,
    ...(droplet.vpc === undefined ? {} : { vpc_uuid: droplet.vpc }),
    ...(size.gpu === undefined ? {} : { gpu_info: gpuOf(size.gpu) }),
  };
}

export function viewAction(world: World, action: Action): object {
  return {
    id: action.id,
    status: action.status,
    type: action.type,
    started_at: written(action.startedAt),
    completed_at: action.completedAt === undefined ? null : written(action.completedAt),
    resource_id: action.droplet,
    resource_type: "droplet",
    region: viewRegion(world, known(world.regions, action.region)),
    region_slug: action.region,
  };
}

export function viewRegion(world: World, { slug, name, features, available }: Region): object {
  const sizes = [...world.sizes.values()].filter(({ regions }) => regions.includes(slug)).map((size) => size.slug);
  return { slug, name, features, available, sizes };
}

export function viewSize(size: Size): object {
  const { slug, memory, vcpus, disk, transfer, monthly, regions, description } = size;
  return {
    slug,
    memory,
    vcpus,
    disk,
    transfer,
    price_monthly: monthly,
    // A month is billed as 672 hours.
    price_hourly: Math.round((monthly / 672) * 100_000) / 100_000,
    regions,
    available: regions.length > 0,
    description,
    ...(size.gpu === undefined ? {} : { gpu_info: gpuOf(size.gpu) }),
  };
}

export function viewImage(image: Image): object {
  return {
    id: image.id,
    name: image.name,
    type: image.type,
    distribution: image.distribution,
    slug: image.slug ?? null,
    public: image.slug !== undefined,
    regions: image.regions,
    created_at: written(image.createdAt),
    min_disk_size: image.minDisk,
    size_gigabytes: image.gigabytes,
    description: "",
    tags: [],
    status: "available",
    error_message: "",
  };
}

function featuresOf(droplet: Droplet): readonly string[] {
  return [
    ...(droplet.backups === undefined ? [] : ["backups"]),
    ...(droplet.privateNetworking ? ["private_networking"] : []),
    ...(droplet.ipv6 ? ["ipv6"] : []),
    ...(droplet.monitoring ? ["monitoring"] : []),
    "droplet_agent",
  ];
}

function gpuOf({ count, model, vram }: NonNullable<Size["gpu"]>): object {
  return { count, model, vram: { amount: vram, unit: "gib" } };
}

function windowOf(policy: BackupPolicy | undefined, now: number): object | null {
  if (policy === undefined) return null;
  const start = (Math.floor(now / DAY) + 1) * DAY + policy.hour * 3_600_000;
  return { start: written(start), end: written(start + BACKUP_HOURS * 3_600_000) };
}

/** Addresses of the ranges that are set aside for documents and tests: nobody answers there. */
function networksOf(world: World, droplet: Droplet): object {
  if (!droplet.hasAddresses) return { v4: [], v6: [] };
  const ordinal = ordinalOf(droplet);
  const [high, low] = [(ordinal >> 8) & 255, ordinal & 255];
  const region = [...world.regions.keys()].indexOf(droplet.region);
  const inside = {
    ip_address: `10.${100 + region}.${high}.${low}`,
    netmask: "255.255.0.0",
    // The word that the description's examples have for none.
    gateway: "nil",
    type: "private",
  };
  const outside = {
    ip_address: `198.18.${high}.${low}`,
    netmask: "255.254.0.0",
    gateway: "198.19.255.254",
    type: "public",
  };
  const six = {
    ip_address: `2001:db8::${ordinal.toString(16)}`,
    netmask: 64,
    gateway: "2001:db8::ffff:ffff",
    type: "public",
  };
  return {
    v4: [...(droplet.publicNetworking ? [outside] : []), ...(droplet.privateNetworking ? [inside] : [])],
    v6: droplet.ipv6 ? [six] : [],
  };
}
