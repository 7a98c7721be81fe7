/** What there is to be had: sizes, regions and images. */
import { z } from "zod";
import { type Image, imageForm, type Region, regionForm, type Size, sizeForm } from "./answers.ts";
import type { Link } from "./ask.ts";
import { failureOf } from "./failure.ts";
import { type Listing, listed } from "./pages.ts";

export interface Offers {
  sizes(signal: AbortSignal): Promise<readonly Size[]>;
  regions(signal: AbortSignal): Promise<readonly Region[]>;
  /** By its number or, where it is public, its slug. Undefined where there is none. */
  image(image: number | string, signal: AbortSignal): Promise<Image | undefined>;
}

const sizes: Listing<{ sizes: Size[] }, Size> = {
  form: z.object({ sizes: z.array(sizeForm) }),
  items: (page) => page.sizes,
  id: ({ slug }) => slug,
};

const regions: Listing<{ regions: Region[] }, Region> = {
  form: z.object({ regions: z.array(regionForm) }),
  items: (page) => page.regions,
  id: ({ slug }) => slug,
};

const oneImage = z.object({ image: imageForm });

export function offersOf(link: Link): Offers {
  return {
    sizes(signal) {
      return listed(
        link,
        { path: "/v2/sizes", signal, failing: "the sizes cannot be listed", right: "sizes:read" },
        sizes,
      );
    },
    regions(signal) {
      const failing = "the regions cannot be listed";
      return listed(link, { path: "/v2/regions", signal, failing, right: "regions:read" }, regions);
    },
    async image(image, signal) {
      const failing = `the image ${image} cannot be looked at`;
      const path = `/v2/images/${encodeURIComponent(image)}`;
      const answer = await link.ask({ method: "GET", path, signal, failing, right: "image:read" }, oneImage);
      if (answer.kind === "answered") return answer.value.image;
      if (answer.status === 404) return undefined;
      throw failureOf(answer);
    },
  };
}
