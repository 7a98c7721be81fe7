import type { ManifestFile } from "@muster/image";

/** What an image is made from: `export default defineImage({ image: "…", kind: "unikernel", … })`. */
export function defineImage(manifest: ManifestFile): ManifestFile {
  return manifest;
}
