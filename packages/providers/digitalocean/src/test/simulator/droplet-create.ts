/** What a request for new droplets comes to. */
import { z } from "zod";
import { unprocessable } from "./answer.ts";
import type { Image, Region, Size } from "./catalog.ts";
import type { BackupPolicy, Droplet } from "./droplet.ts";
import { ID, read } from "./read.ts";
import { findKey } from "./ssh-keys.ts";
import { invalidTag, isTagName, noteTagged, tagNamed } from "./tag-names.ts";
import { imageOf, type World } from "./world.ts";

const NAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;
const MOST_NAMES = 10;
const MOST_USER_DATA = 64 * 1024;

export const NAME_WORDS = "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)";

const WORDS = {
  name: NAME_WORDS,
  names: NAME_WORDS,
  region: "You specified an invalid region for Droplet creation.",
  size: "You specified an invalid size for Droplet creation.",
  image: "You specified an invalid image for Droplet creation.",
};

export const dropletName = z.string().max(255).regex(NAME);

export const backupPolicy = z.object({
  plan: z.enum(["daily", "weekly"]).default("daily"),
  weekday: z.enum(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]).default("SUN"),
  hour: z.literal([0, 4, 8, 12, 16, 20]).default(0),
});

const body = z.object({
  name: dropletName.optional(),
  names: z.array(dropletName).min(1).optional(),
  region: z.string().optional(),
  size: z.string(),
  image: ID,
  ssh_keys: z.array(ID).default([]),
  backups: z.boolean().default(false),
  backup_policy: backupPolicy.optional(),
  ipv6: z.boolean().default(false),
  monitoring: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  user_data: z.string().optional(),
  private_networking: z.boolean().default(false),
  public_networking: z.boolean().default(true),
  volumes: z.array(z.string()).default([]),
  vpc_uuid: z.uuid().optional(),
});

type Wanted = z.infer<typeof body>;

/** A new droplet for each name; whether one or several were asked for is in `several`. Throws `Refusal`. */
export function createDroplets(
  world: World,
  sent: unknown,
): { readonly droplets: readonly Droplet[]; readonly several: boolean } {
  const wanted = read(body, sent, WORDS);
  const names = wanted.names ?? (wanted.name === undefined ? [] : [wanted.name]);
  if (names.length === 0) throw unprocessable(NAME_WORDS);
  if (names.length > MOST_NAMES) throw unprocessable(`Only ${MOST_NAMES} Droplets can be created at a time.`);
  const template = templateOf(world, wanted);
  if (world.droplets.all().length + names.length > world.account.dropletLimit) {
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  }
  const droplets = names.map((name) => add(world, { ...template, name }));
  return { droplets, several: wanted.names !== undefined };
}

/** Puts a droplet there as it is described. */
export function add(world: World, described: Omit<Droplet, "id" | "createdAt">): Droplet {
  const now = world.clock.now();
  const tags = [...new Set(described.tags.map((name) => tagNamed(world, name).name))];
  const droplet = { ...described, tags, id: world.nextId("droplet"), createdAt: now };
  world.droplets.put(droplet, now);
  for (const tag of tags) noteTagged(world, tag, droplet.id);
  return droplet;
}

function templateOf(world: World, wanted: Wanted): Omit<Droplet, "id" | "name" | "createdAt"> {
  const size = world.sizes.get(wanted.size);
  if (size === undefined) throw unprocessable(WORDS.size);
  const image = imageOf(world, wanted.image);
  if (image === undefined) throw unprocessable(WORDS.image);
  const region = regionFor(world, wanted.region, size, image);
  if (size.disk < image.minDisk) throw unprocessable("The image you specified needs a bigger disk than this size has.");
  if (!wanted.public_networking && wanted.ipv6) throw unprocessable("IPv6 needs public networking.");
  if (wanted.volumes.length > 0) throw unprocessable(`volume ${wanted.volumes[0]} was not found`);
  if (Buffer.byteLength(wanted.user_data ?? "") > MOST_USER_DATA) {
    throw unprocessable("user_data must be at most 64 KiB");
  }
  const privateNetworking =
    world.account.everyDropletInVpc || wanted.private_networking || wanted.vpc_uuid !== undefined;
  return {
    status: "new",
    region: region.slug,
    size: size.slug,
    disk: size.disk,
    image: image.id,
    tags: checkedTags(wanted.tags),
    hasAddresses: false,
    ipv6: wanted.ipv6 && supports(region, "ipv6"),
    monitoring: wanted.monitoring,
    privateNetworking,
    publicNetworking: wanted.public_networking,
    vpc: privateNetworking ? (wanted.vpc_uuid ?? vpcOf(world, region)) : undefined,
    backups: backupsOf(wanted, region),
    snapshots: [],
    userData: wanted.user_data,
    sshKeys: keysOf(world, wanted.ssh_keys),
  };
}

/** Names are checked before anything is made. */
function checkedTags(names: readonly string[]): readonly string[] {
  const wrong = names.find((name) => !isTagName(name));
  if (wrong !== undefined) throw unprocessable(invalidTag(wrong));
  return names;
}

/** A slug's beginning stands for any region that begins so; nothing at all for any. */
function regionFor(world: World, wanted: string | undefined, size: Size, image: Image): Region {
  const exact = world.regions.get(wanted ?? "");
  const candidates =
    exact === undefined ? [...world.regions.values()].filter(({ slug }) => slug.startsWith(wanted ?? "")) : [exact];
  if (candidates.length === 0) throw unprocessable(WORDS.region);
  const open = candidates.filter(({ available }) => available);
  if (open.length === 0) throw unprocessable("Region is not available.");
  const sold = open.filter(({ slug }) => size.regions.includes(slug));
  if (sold.length === 0) throw unprocessable("Size is not available in this region.");
  const found = sold.find(({ slug }) => image.regions.includes(slug));
  if (found === undefined) throw unprocessable("Image is not available in this region.");
  return found;
}

export function supports(region: Region, feature: string): boolean {
  if (region.features.includes(feature)) return true;
  throw unprocessable(`The region ${region.slug} does not support ${feature}.`);
}

function backupsOf({ backups, backup_policy }: Wanted, region: Region): BackupPolicy | undefined {
  if (!backups) return undefined;
  supports(region, "backups");
  return backup_policy ?? backupPolicy.parse({});
}

function keysOf(world: World, wanted: readonly (string | number)[]): readonly number[] {
  return wanted.map((each) => {
    const key = findKey(world, String(each));
    if (key === undefined) throw unprocessable(`${each} are invalid key identifiers for Droplet creation.`);
    return key.id;
  });
}

/** The account's own network in a region. */
function vpcOf(world: World, { slug }: Region): string {
  const number = [...world.regions.keys()].indexOf(slug) + 1;
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
