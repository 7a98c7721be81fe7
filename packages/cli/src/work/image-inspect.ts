import { bomOf, type ListedImage, listedImage, openImages } from "@muster/image";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { plain } from "../print/paint.ts";
import { bytesText } from "../print/size.ts";
import { table } from "../print/table.ts";
import { dateAndTime } from "../print/time.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

export interface InspectFlags extends ImageFlags {
  readonly bom: boolean;
}

export async function inspectImage(this: Cli, flags: InspectFlags, image: string): Promise<void> {
  const dir = imageDirectory(this, flags);
  const digest = openImages(dir).digestOf(image);
  if (flags.bom) {
    const bill = bomOf(dir, digest);
    if (bill === undefined)
      throw new MusterError("image.not-possible", {
        detail: `no bill of materials lies beside ${digest}`,
        fix: "Build the image again.",
      });
    this.out.write(flags.output === "json" ? bill : `${JSON.stringify(JSON.parse(bill), undefined, 2)}\n`);
    return;
  }
  const found = listedImage(dir, digest);
  this.out.write(flags.output === "json" ? `${JSON.stringify(found)}\n` : textOf(found));
}

function textOf({ digest, names, text, sizes, at }: ListedImage): string {
  const size = (bytes: number | undefined): string => (bytes === undefined ? "" : `  ${bytesText(bytes)}`);
  const env = Object.entries(text.env).map(([name, value]) => ["env", plain(`${name}=${value}`)]);
  return table([
    ["digest", digest],
    ["names", names.join(", ") || "-"],
    ["kind", text.kind],
    ["kernel", `${text.kernel}${size(sizes.kernel)}`],
    ...(text.initrd === undefined ? [] : [["initrd", `${text.initrd}${size(sizes.initrd)}`]]),
    ["command line", text.commandLine],
    ...env,
    ["ports", text.ports.join(", ") || "-"],
    ["memory", bytesText(text.memory)],
    ["cpus", String(text.cpus)],
    ["health", text.health === undefined ? "-" : plain(JSON.stringify(text.health))],
    ["since", dateAndTime(at)],
  ]);
}
