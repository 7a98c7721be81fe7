/** What making or changing a droplet would mean: whether it can be, what it costs, how long it is away. */
import { didYouMean, nearest, type Price } from "@muster/model";
import { type AssessedEffect, type Assessment, ProviderError } from "@muster/plugin";
import type { Size } from "../api/answers.ts";
import type { DropletOutputs, DropletProperties } from "./properties.ts";

/** A droplet as it is; what could not be read is missing. */
export type Is = Partial<DropletProperties> & DropletOutputs;
export type Want = Partial<DropletProperties>;

/** Shutting down, the change and starting: about so long, in milliseconds. */
const RESIZE_MS = 180_000;

/**
 * @param sizes all that there are
 * @throws ProviderError `invalid` for one that is to be made and cannot be
 */
export function assessNew(want: Want, sizes: readonly Size[]): Assessment {
  if (want.size === undefined) return {};
  const size = sizeOf(want.size, sizes);
  if (want.region !== undefined && !size.regions.includes(want.region)) {
    throw new ProviderError("invalid", notSold(size, want.region), { property: "region" });
  }
  return { price: { after: size.price_monthly } };
}

/**
 * @param isMadeAnew something that is never shown differs, so that there will be another droplet anyway
 * @throws ProviderError `invalid` where there is no such size
 */
export function assessChange(is: Is, want: Want, sizes: readonly Size[], isMadeAnew = false): Assessment {
  // One that is sold no more, and not even listed, can be kept by whoever has it.
  const size = want.size === undefined || want.size === is.size ? undefined : sizeOf(want.size, sizes);
  const image = imageEffect(is, want);
  const entries =
    isMadeAnew || isReplaced(is, want, image)
      ? entryOf("region", regionEffect(is, want, sizes))
      : [
          ...entryOf("size", size === undefined ? undefined : sizeEffect(is, size)),
          ...entryOf("image", image),
          ...entryOf("ipv6", switchEffect(is.ipv6, want.ipv6, IPV6)),
          ...entryOf("private_networking", switchEffect(is.private_networking, want.private_networking, PRIVATE)),
        ];
  const effects = Object.fromEntries(entries);
  const price = priceOf(is, size);
  return {
    ...(entries.length === 0 ? {} : { effects }),
    ...(effects["size"]?.effect === "restart" ? { downtimeMs: RESIZE_MS } : {}),
    ...(price === undefined ? {} : { price }),
  };
}

/** What can never be changed on a droplet, another droplet is made with. */
function isReplaced(is: Is, want: Want, image: AssessedEffect | undefined): boolean {
  const differs = (key: "region" | "monitoring" | "vpc_uuid") => want[key] !== undefined && want[key] !== is[key];
  const isOfAnother = want.image !== undefined && want.image !== is.image && image === undefined;
  return isOfAnother || differs("region") || differs("monitoring") || differs("vpc_uuid");
}

type Entry = readonly [string, AssessedEffect];

function entryOf(property: string, effect: AssessedEffect | undefined): readonly Entry[] {
  return effect === undefined ? [] : [[property, effect]];
}

function sizeOf(slug: string, sizes: readonly Size[]): Size {
  const found = sizes.find((size) => size.slug === slug);
  if (found !== undefined) return found;
  const near = nearest(
    slug,
    sizes.map((size) => size.slug),
  );
  throw new ProviderError("invalid", `DigitalOcean has no size ${slug}${didYouMean(near)}`, { property: "size" });
}

function sizeEffect(is: Is, size: Size): AssessedEffect {
  if (is.disk !== undefined && size.disk < is.disk) {
    return {
      effect: "impossible",
      reason: `its disk has ${is.disk} GB and ${size.slug} has ${size.disk} GB: a disk cannot shrink`,
      next: `Choose a size with at least ${is.disk} GB, or have another droplet: declare it under another name.`,
    };
  }
  if (is.region !== undefined && !size.regions.includes(is.region)) {
    return { effect: "impossible", reason: notSold(size, is.region), next: "Choose another size." };
  }
  const kept = is.disk === undefined ? "" : ` of ${is.disk} GB`;
  return {
    effect: "restart",
    reason: `it is shut down for it, and switched on again; its disk${kept} stays as it is, so that it can go back`,
  };
}

/** Another region is had by replacing; what is sold there is not the same everywhere. */
function regionEffect(is: Is, want: Want, sizes: readonly Size[]): AssessedEffect | undefined {
  if (want.region === undefined || want.region === is.region) return undefined;
  const size = sizes.find(({ slug }) => slug === (want.size ?? is.size));
  if (size === undefined || size.regions.includes(want.region)) return undefined;
  return { effect: "impossible", reason: notSold(size, want.region), next: "Choose another region, or another size." };
}

/**
 * Of a droplet that was not made here nobody has noted what it was made of. A slug means another image from time to time, and
 * the one that it meant has none then: that is no reason to make it anew.
 */
function imageEffect(is: Is, { image }: Want): AssessedEffect | undefined {
  if (image === undefined || image === is.image) return undefined;
  if (image === is.image_id)
    return { effect: "in-place", reason: "it is the same image, and noted by its number from now on" };
  const isNameless = is.image_slug === undefined && is.image === is.image_id;
  if (typeof image === "number" || !isNameless) return undefined;
  return {
    effect: "in-place",
    reason: `its image has no slug (any more): it is taken for what ${image} meant, and noted so`,
  };
}

function notSold({ slug, regions }: Size, region: string): string {
  const where = regions.length === 0 ? "nowhere just now" : `in ${regions.join(", ")}`;
  return `${slug} is not sold in ${region}: it is sold ${where}`;
}

interface Switch {
  readonly name: string;
  readonly on: string;
}

const IPV6: Switch = {
  name: "IPv6",
  on: "IPv6 cannot be switched off again, and the system inside has to be told of it by hand",
};
const PRIVATE: Switch = { name: "private networking", on: "private networking cannot be switched off again" };

function switchEffect(
  is: boolean | undefined,
  want: boolean | undefined,
  { name, on }: Switch,
): AssessedEffect | undefined {
  if (is === undefined || want === undefined || is === want) return undefined;
  if (want) return { effect: "in-place", irreversible: true, reason: on };
  return {
    effect: "impossible",
    reason: `${name} cannot be switched off once a droplet has it`,
    next: "Leave it as it is, or have another droplet without it: declare it under another name.",
  };
}

function priceOf(is: Is, size: Size | undefined): Price | undefined {
  const before = is.price_monthly;
  const after = size?.price_monthly ?? before;
  if (before === undefined && after === undefined) return undefined;
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
