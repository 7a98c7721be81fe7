/** Images from one directory into another: a directory is a registry. */
import { join } from "node:path";
import { bomOf } from "./bom.ts";
import { MAX_INITRD, MAX_KERNEL, MAX_TEXT } from "./bounds.ts";
import { copyPart, openHome, PARTS, putInPlace, setName, whileMaking, writePart } from "./home.ts";
import type { Digest } from "./image.ts";
import { isWhole, openImages, verifiedIn } from "./images.ts";
import { folderOf, isImageName } from "./names.ts";

export interface Exported {
  readonly digest: Digest;
  /** Missing where the image was told by its digest. */
  readonly name?: string;
  /** False: it was there already. */
  readonly isNew: boolean;
}

/**
 * Copies an image into another directory of images, with the name it was asked for by. It is verified where it is, as it was
 * copied, and in its place.
 *
 * @throws `image.unknown`, `image.changed`, `image.disk`; then nothing was changed
 */
export async function exportImage(dir: string, nameOrDigest: string, to: string): Promise<Exported> {
  const images = openImages(dir);
  const digest = images.digestOf(nameOrDigest);
  const { initrd } = images.verified(digest);
  openHome(to);
  return whileMaking(to, (folder) => {
    const copy = (part: keyof typeof PARTS, limit: number) =>
      copyPart(join(dir, folderOf(digest), PARTS[part]), join(folder, PARTS[part]), { dir: to, limit, follow: false });
    copy("text", MAX_TEXT);
    copy("kernel", MAX_KERNEL);
    if (initrd !== undefined) copy("initrd", MAX_INITRD);
    const bill = bomOf(dir, digest);
    if (bill !== undefined) writePart(to, join(folder, PARTS.bom), (put) => put(Buffer.from(bill)));
    verifiedIn(folder, digest);
    const isNew = putInPlace(to, folder, digest, () => isWhole(to, digest));
    openImages(to).verified(digest);
    if (!isImageName(nameOrDigest)) return { digest, isNew };
    setName(to, nameOrDigest, digest);
    return { digest, name: nameOrDigest, isNew };
  });
}
