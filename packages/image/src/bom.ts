/** The bill of materials of an image, in CycloneDX 1.5: each file in it, by its digest, and the package that it is from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonical, type Json, type JsonObject, MusterError, systemCodeOf } from "@muster/model";
import { z } from "zod";
import { MAX_ENTRIES } from "./bounds.ts";
import { type Package, packagesOf } from "./debian.ts";
import { PARTS } from "./home.ts";
import type { Digest } from "./image.ts";
import { folderOf, hexOf } from "./names.ts";
import { readSmall, Unreadable } from "./reading.ts";

/** A file that is in an image. */
export interface Material {
  /** `kernel`, or the path inside. */
  readonly name: string;
  readonly digest: Digest;
  /** Where it was taken from on this machine; missing where it was made for the image. */
  readonly source?: string;
}

/** Where this machine tells of itself. */
export interface Records {
  /** Where dpkg keeps its records. */
  readonly dpkg: string;
  /** The file that says which distribution this is. */
  readonly osRelease: string;
}

/** Says nothing of when or where it was made: the same image from the same packages has the same one. */
export function billOf(digest: Digest, name: string, materials: readonly Material[], records: Records): string {
  const sources = materials.flatMap(({ source }) => source ?? []);
  const packages = packagesOf(sources, records.dpkg);
  const vendor = vendorOf(records.osRelease);
  const components = materials.map((material) => {
    const from = material.source === undefined ? undefined : packages.get(material.source);
    return componentOf(material, from, vendor);
  });
  const image = { type: "operating-system", "bom-ref": digest, name, version: digest, hashes: hashesOf(digest) };
  const bill: Json = {
    ...{ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 },
    ...{ metadata: { component: image }, components },
  };
  return `${canonical(bill)}\n`;
}

function componentOf({ name, digest }: Material, from: Package | undefined, vendor: string): JsonObject {
  const file = { type: "file", "bom-ref": name, name, hashes: hashesOf(digest) };
  if (from === undefined) return file;
  const purl = `pkg:deb/${vendor}/${encoded(from.name)}@${encoded(from.version)}?arch=${encoded(from.architecture)}`;
  const properties = [
    { name: "muster:package", value: from.name },
    { name: "muster:package:version", value: from.version },
  ];
  return { ...file, version: from.version, purl, properties };
}

function hashesOf(digest: Digest): Json {
  return [{ alg: "SHA-256", content: hexOf(digest) }];
}

/** As addresses of packages have it: a colon stays. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%3A", ":");
}

function vendorOf(osRelease: string): string {
  try {
    return /^ID="?([a-z0-9._-]+)"?$/m.exec(readFileSync(osRelease, "utf8"))?.[1] ?? "debian";
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return "debian";
    throw thrown;
  }
}

/** A component has some 500 bytes. */
const MAX_BILL = MAX_ENTRIES * 1300;

/** The bill that lies beside an image, outside of its digest; undefined where there is none. Throws `image.changed` where something else is in its place. */
export function bomOf(dir: string, digest: Digest): string | undefined {
  try {
    return Buffer.from(readSmall(join(dir, folderOf(digest), PARTS.bom), MAX_BILL)).toString("utf8");
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    if (!(thrown instanceof Unreadable) && systemCodeOf(thrown) !== "ELOOP") throw thrown;
    throw new MusterError("image.changed", { image: digest, part: PARTS.bom, detail: "is no file that can be read" });
  }
}

const bill = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    }),
  ),
});

/** Which package, with its version, each file is from, as a bill says: `linux-image-6.1.0-49 6.1.174-1`. */
export function packagesIn(text: string): ReadonlyMap<string, string> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return new Map();
    throw thrown;
  }
  const { data: read } = bill.safeParse(data);
  const named = read?.components.flatMap(({ name, properties = [] }) => {
    const found = (key: string) => properties.find((property) => property.name === key)?.value;
    const owner = found("muster:package");
    return owner === undefined ? [] : [[name, `${owner} ${found("muster:package:version") ?? ""}`] as const];
  });
  return new Map(named);
}
