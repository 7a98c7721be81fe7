import type { Outfit } from "@muster/image";
import { MusterError } from "@muster/model";

/** What images of Linux get beside their program: the init and the modules of Muster's own machines. */
export function linuxOutfit(): Outfit {
  return {
    modules: [],
    init() {
      const detail = "this Muster has no init for images of kind `linux`";
      const fix = "Build it with a Muster that has one; images of kind `unikernel` need none.";
      return Promise.reject(new MusterError("image.not-possible", { detail, fix }));
    },
  };
}
