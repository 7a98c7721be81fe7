/** What the API's account of a droplet means. */
import { type Observed, sameJson } from "@muster/model";
import type { Droplet } from "../api/answers.ts";
import { readWords } from "./marks.ts";
import { type Notes, plainTags, readNotes } from "./notes.ts";
import type { DropletOutputs, DropletProperties } from "./properties.ts";

export type ObservedDroplet = Observed<DropletProperties & DropletOutputs>;

export function observedOf(droplet: Droplet): ObservedDroplet {
  const { marks, notes, others } = readWords(droplet.tags);
  const remembered = readNotes(notes);
  const hasDigests = Object.keys(remembered.digests).length > 0;
  return {
    id: String(droplet.id),
    tags: marks,
    properties: { ...propertiesOf(droplet, others, remembered), ...outputsOf(droplet) },
    ...(hasDigests ? { digests: remembered.digests } : {}),
    since: Date.parse(droplet.created_at) || 0,
    ...lifeOf(droplet, remembered),
  };
}

function propertiesOf(droplet: Droplet, tags: readonly string[], notes: Notes): Partial<DropletProperties> {
  const { features } = droplet;
  const image = imageOf(droplet, notes);
  return {
    name: droplet.name,
    region: droplet.region.slug,
    // As long as it is not switched on again, the change has not been carried through: so it differs from what is declared.
    size: notes.halted ? `${droplet.size_slug} (not switched on again)` : droplet.size_slug,
    ...(image === undefined ? {} : { image }),
    ipv6: features.includes("ipv6"),
    private_networking: features.includes("private_networking"),
    backups: features.includes("backups"),
    monitoring: features.includes("monitoring"),
    ...(droplet.vpc_uuid ? { vpc_uuid: droplet.vpc_uuid } : {}),
    tags: tagsOf(tags, notes),
  };
}

function tagsOf(tags: readonly string[], { tags: declared }: Notes): string[] {
  const plain = plainTags(tags);
  return declared !== undefined && sameJson(plainTags(declared), plain) ? [...declared] : [...plain];
}

/** As it was declared, unless it was made of something else since. Undefined where it cannot be told. */
function imageOf({ image }: Droplet, { image: declared }: Notes): string | number | undefined {
  if (!image) return declared;
  const { id, slug } = image;
  if (declared === undefined) return slug ?? id;
  if (declared === id || declared === slug) return declared;
  // Its slug means another image by now, and this one has none.
  if (typeof declared === "string" && !slug) return declared;
  return slug ?? id;
}

function outputsOf({ networks, size, status, disk, image }: Droplet): DropletOutputs {
  const publicly = networks.v4?.find(({ type }) => type === "public")?.ip_address;
  const privately = networks.v4?.find(({ type }) => type === "private")?.ip_address;
  const six = networks.v6?.find(({ type }) => type === "public")?.ip_address;
  return {
    ...(publicly === undefined ? {} : { public_address: publicly }),
    ...(privately === undefined ? {} : { private_address: privately }),
    ...(six === undefined ? {} : { public_address_ipv6: six }),
    ...(size ? { price_monthly: size.price_monthly } : {}),
    status,
    disk,
    ...(image?.slug ? { image_slug: image.slug } : {}),
    ...(image ? { image_id: image.id } : {}),
  };
}

function lifeOf({ status }: Droplet, { halted }: Notes): Pick<Observed, "phase" | "reason"> {
  switch (status) {
    case "new":
      return { phase: "starting", reason: "it is being made" };
    case "active":
      return { phase: "running" };
    case "off":
      if (halted) return { phase: "starting", reason: "it was switched off to change its size, and is not on again" };
      return { phase: "ended", reason: "it is switched off" };
    case "archive":
      return { phase: "ending", reason: "it is being destroyed" };
    default:
      return { phase: "unknown", reason: `DigitalOcean calls it ${status}` };
  }
}
