import { type Difference, differences, openImages } from "@muster/image";
import { EXIT } from "@muster/model";
import type { Cli } from "../cli.ts";
import { plain } from "../print/paint.ts";
import { bytesText } from "../print/size.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

/** Sets exit code 3 where they differ. */
export async function compareImages(this: Cli, flags: ImageFlags, before: string, after: string): Promise<void> {
  const dir = imageDirectory(this, flags);
  const images = openImages(dir);
  const [a, b] = [images.digestOf(before), images.digestOf(after)];
  const found = differences(dir, a, b);
  const view = { before: a, after: b, differences: found };
  this.out.write(flags.output === "json" ? `${JSON.stringify(view)}\n` : textOf(found));
  if (found.length > 0) this.process.exitCode = EXIT.changes;
}

function textOf(found: readonly Difference[]): string {
  return found.length === 0 ? "They are the same.\n" : found.map(lineOf).join("");
}

function lineOf({ what, name, before, after, packageBefore, packageAfter }: Difference): string {
  const subject = name === undefined ? what : `${what} ${name}`;
  const side = (told: string, from: string | undefined): string => {
    const shown = what === "memory" ? bytesText(Number(told)) : told;
    return from === undefined ? shown : `${shown} (${from})`;
  };
  if (before === undefined) return `${plain(`+ ${subject}  ${side(after ?? "", packageAfter)}`)}\n`;
  if (after === undefined) return `${plain(`- ${subject}  ${side(before, packageBefore)}`)}\n`;
  return `${plain(`~ ${subject}  ${side(before, packageBefore)} → ${side(after, packageAfter)}`)}\n`;
}
