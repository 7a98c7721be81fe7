/** What somebody else does in the same account, past Muster: in the control panel, or DigitalOcean itself. */
import { destroyDroplet } from "./action-run.ts";
import type { Droplet } from "./droplet.ts";
import { add, backupPolicy } from "./droplet-create.ts";
import { noteTagged, tagNamed } from "./tag-names.ts";
import { setTags } from "./tags.ts";
import { imageOf, known, type World } from "./world.ts";

/** A droplet that is there already; what is not said is usual. */
export interface Given {
  readonly name: string;
  readonly region?: string;
  readonly size?: string;
  /** A slug or an id. */
  readonly image?: string | number;
  readonly tags?: readonly string[];
  readonly status?: "active" | "off";
  readonly ipv6?: boolean;
  readonly backups?: boolean;
  readonly privateNetworking?: boolean;
}

export interface Panel {
  addDroplet(given: Given): Droplet;
  /** At once, and it is gone. */
  destroy(id: number): void;
  /** Changes a droplet, all at once, whatever it is busy with. */
  change(
    id: number,
    to: Partial<Pick<Droplet, "name" | "status" | "size" | "disk" | "ipv6" | "monitoring" | "backups">>,
  ): void;
  tag(id: number, name: string): void;
  untag(id: number, name: string): void;
  /** A public image's slug comes to mean a newer image, with another id. Answers that id. */
  moveSlug(slug: string): number;
  /** A size is sold in a region no more. */
  stopSelling(size: string, region: string): void;
}

export function panelOf(world: World): Panel {
  function droplet(id: number): Droplet {
    world.agenda.settle(world.clock.now());
    const found = world.droplets.get(id);
    if (found === undefined) throw new Error(`there is no droplet ${id}`);
    return found;
  }

  return {
    addDroplet: (given) => addGiven(world, given),
    destroy(id) {
      destroyDroplet(world, droplet(id));
      world.busy.delete(id);
      world.droplets.remove(id, world.clock.now());
    },
    change(id, to) {
      const { goesOff, ...before } = droplet(id);
      world.droplets.put({ ...before, ...to }, world.clock.now());
    },
    tag(id, name) {
      const { tags } = droplet(id);
      const tag = tagNamed(world, name).name;
      if (!tags.includes(tag)) setTags(world, droplet(id), [...tags, tag]);
      noteTagged(world, tag, id);
    },
    untag(id, name) {
      const found = droplet(id);
      setTags(
        world,
        found,
        found.tags.filter((tag) => tag !== name),
      );
    },
    moveSlug(slug) {
      const old = imageOf(world, slug);
      if (old === undefined) throw new Error(`there is no image ${slug}`);
      const { slug: _, ...unnamed } = old;
      const id = world.nextId("image");
      world.images.set(old.id, unnamed);
      world.images.set(id, { ...old, id, createdAt: world.clock.now() });
      return id;
    },
    stopSelling(slug, region) {
      const size = known(world.sizes, slug);
      world.sizes.set(slug, { ...size, regions: size.regions.filter((each) => each !== region) });
    },
  };
}

function addGiven(world: World, given: Given): Droplet {
  const size = known(world.sizes, given.size ?? "s-1vcpu-1gb");
  const image = imageOf(world, given.image ?? "debian-12-x64");
  if (image === undefined) throw new Error(`there is no image ${given.image}`);
  return add(world, {
    name: given.name,
    status: given.status ?? "active",
    region: known(world.regions, given.region ?? "nyc3").slug,
    size: size.slug,
    disk: size.disk,
    image: image.id,
    tags: given.tags ?? [],
    hasAddresses: true,
    ipv6: given.ipv6 ?? false,
    monitoring: false,
    privateNetworking: given.privateNetworking ?? true,
    publicNetworking: true,
    vpc: undefined,
    backups: given.backups === true ? backupPolicy.parse({}) : undefined,
    snapshots: [],
    userData: undefined,
    sshKeys: [],
  });
}
