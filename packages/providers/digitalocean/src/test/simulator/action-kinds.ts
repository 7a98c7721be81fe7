/** What can be done to a droplet: for each action what must be said, when it is refused, and what comes of it. */
import { z } from "zod";
import type { Course } from "./action-run.ts";
import { unprocessable } from "./answer.ts";
import type { Image } from "./catalog.ts";
import type { Droplet } from "./droplet.ts";
import { backupPolicy, dropletName, NAME_WORDS, supports } from "./droplet-create.ts";
import { ID, read } from "./read.ts";
import { imageOf, known, type Times, type World } from "./world.ts";

/** Understands the rest of a request; throws `Refusal`; answers what the action will have made of the droplet. */
type Kind = (world: World, droplet: Droplet, body: unknown) => Effect;
type Effect = (droplet: Droplet, time: number) => Droplet;

const unchanged: Effect = (droplet) => droplet;

const KINDS: Readonly<Record<string, Kind>> = {
  power_on: () => on,
  power_off: () => off,
  power_cycle: () => on,
  reboot(_, droplet) {
    if (droplet.status === "off") throw unprocessable("Droplet is powered off.");
    return on;
  },
  shutdown,
  password_reset: () => unchanged,
  resize,
  enable_ipv6(world, droplet) {
    if (droplet.ipv6) throw unprocessable("IPv6 is already enabled on this Droplet.");
    supports(known(world.regions, droplet.region), "ipv6");
    return (before) => ({ ...before, ipv6: true });
  },
  enable_private_networking(world, droplet) {
    if (droplet.privateNetworking) throw unprocessable("Private networking is already enabled on this Droplet.");
    supports(known(world.regions, droplet.region), "private_networking");
    return (before) => ({ ...before, privateNetworking: true });
  },
  enable_backups(world, droplet, body) {
    if (droplet.backups !== undefined) throw unprocessable("Backups are already enabled on this Droplet.");
    supports(known(world.regions, droplet.region), "backups");
    const { backup_policy } = read(z.object({ backup_policy: backupPolicy.optional() }), body);
    return (before) => ({ ...before, backups: backup_policy ?? backupPolicy.parse({}) });
  },
  change_backup_policy(_, droplet, body) {
    if (droplet.backups === undefined) throw unprocessable("Backups are not enabled on this Droplet.");
    const { backup_policy } = read(z.object({ backup_policy: backupPolicy }), body);
    return (before) => ({ ...before, backups: backup_policy });
  },
  disable_backups(_, droplet) {
    if (droplet.backups === undefined) throw unprocessable("Backups are not enabled on this Droplet.");
    return (before) => ({ ...before, backups: undefined });
  },
  rename(_, __, body) {
    const { name } = read(z.object({ name: dropletName }), body, { name: NAME_WORDS });
    return (before) => ({ ...before, name });
  },
  rebuild(world, droplet, body) {
    const image = imageFor(world, droplet, body);
    return (before) => ({ ...before, image: image.id, status: "active" });
  },
  restore(world, droplet, body) {
    const image = imageFor(world, droplet, body);
    if (image.droplet !== droplet.id) throw unprocessable("The image is no backup of this Droplet.");
    return (before) => ({ ...before, image: image.id });
  },
  change_kernel() {
    throw unprocessable("This Droplet's kernel is managed inside of it.");
  },
  snapshot(world, _, body) {
    const { name } = read(z.object({ name: z.string().min(1).optional() }), body);
    return (before, time) => {
      const image = snapshotOf(world, before, name ?? `${before.name}-${time}`, time);
      world.images.set(image.id, image);
      return { ...before, snapshots: [...before.snapshots, image.id] };
    };
  },
};

const DURATIONS: Readonly<Record<string, keyof Times>> = {
  resize: "resizeMs",
  snapshot: "snapshotMs",
  rebuild: "rebuildMs",
  restore: "rebuildMs",
};

/** Those that can be done to all droplets of a tag at once. */
export const BY_TAG: readonly string[] = [
  "power_cycle",
  "power_on",
  "power_off",
  "shutdown",
  "enable_ipv6",
  "enable_backups",
  "disable_backups",
  "snapshot",
];

/** The type that a request names. Throws `Refusal`. */
export function typeOf(body: unknown): string {
  const { type } = read(z.object({ type: z.string() }), body);
  if (!Object.hasOwn(KINDS, type)) throw unprocessable(`${type} is not a valid action.`);
  return type;
}

/** What a type of `typeOf` comes to, on a droplet that is free. Throws `Refusal`. */
export function courseOf(world: World, droplet: Droplet, type: string, body: unknown): Course {
  const effect = KINDS[type]?.(world, droplet, body) ?? unchanged;
  return { type, takesMs: world.times[DURATIONS[type] ?? "actionMs"], effect };
}

function on({ goesOff, ...before }: Droplet): Droplet {
  return { ...before, status: "active" };
}

function off({ goesOff, ...before }: Droplet): Droplet {
  return { ...before, status: "off" };
}

/** The guest is told; some time after that it is off, unless somebody has switched it meanwhile. */
function shutdown(world: World): Effect {
  return (before, time) => {
    if (before.status !== "active") return before;
    world.agenda.at(time + world.times.guestMs, (later) => {
      const droplet = world.droplets.get(before.id);
      if (droplet?.goesOff === time) world.droplets.put(off(droplet), later);
    });
    return { ...before, goesOff: time };
  };
}

function resize(world: World, droplet: Droplet, body: unknown): Effect {
  const wanted = read(z.object({ size: z.string(), disk: z.boolean().default(false) }), body, {
    size: "You specified an invalid size.",
  });
  const size = world.sizes.get(wanted.size);
  if (size === undefined) throw unprocessable("You specified an invalid size.");
  if (size.slug === droplet.size) throw unprocessable("The Droplet has this size already.");
  if (!size.regions.includes(droplet.region)) throw unprocessable("Size is not available in this region.");
  if (size.disk < droplet.disk) throw unprocessable("This size is not available because it has a smaller disk.");
  if (droplet.status !== "off") throw unprocessable("Droplet must be powered off before it can be resized.");
  return (before) => ({ ...before, size: size.slug, disk: wanted.disk ? size.disk : before.disk });
}

function imageFor(world: World, droplet: Droplet, body: unknown): Image {
  const wrong = "You specified an invalid image.";
  const { image: wanted } = read(z.object({ image: ID }), body, { image: wrong });
  const image = imageOf(world, wanted);
  if (image === undefined) throw unprocessable(wrong);
  if (image.minDisk > droplet.disk) throw unprocessable("The image you specified needs a bigger disk.");
  return image;
}

function snapshotOf(world: World, droplet: Droplet, name: string, time: number): Image {
  return {
    id: world.nextId("image"),
    name: name.slice(0, 255),
    distribution: known(world.images, droplet.image).distribution,
    type: "snapshot",
    regions: [droplet.region],
    createdAt: time,
    minDisk: droplet.disk,
    gigabytes: droplet.disk / 10,
    droplet: droplet.id,
  };
}
