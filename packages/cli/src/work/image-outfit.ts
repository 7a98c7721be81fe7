import { basename } from "node:path";
import type { Outfit } from "@muster/image";

/** What images of Linux get beside their program: the init and the modules of Muster's own machines. */
export async function linuxOutfit(): Promise<Outfit> {
  // Loaded when an image is built: nothing else of the provider is needed here.
  const { buildInit, LINUX_MODULES } = await import("@muster/provider-vm");
  return { modules: LINUX_MODULES.map((path) => basename(path, ".ko")), init: buildInit };
}
