import {
  type Digest,
  digestsIn,
  type Kind,
  type ListedImage,
  listedImage,
  namesIn,
  shortDigest,
  sizeOf,
} from "@muster/image";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { bytesText } from "../print/size.ts";
import { table } from "../print/table.ts";
import { dateAndTime } from "../print/time.ts";
import { allOf } from "./image-errors.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

/** Shows those that can be shown before it fails for those that cannot. */
export async function listImages(this: Cli, flags: ImageFlags): Promise<void> {
  const dir = imageDirectory(this, flags);
  const names = namesIn(dir);
  const errors: MusterError[] = [];
  const images = digestsIn(dir).flatMap((digest) => {
    try {
      return [listedImage(dir, digest, names)];
    } catch (thrown) {
      if (!(thrown instanceof MusterError)) throw thrown;
      errors.push(thrown);
      return [];
    }
  });
  const rows = images.flatMap(rowsOf).sort(byName);
  if (flags.output === "json") this.out.write(`${JSON.stringify(rows)}\n`);
  else this.out.write(rows.length === 0 ? `No images in ${dir}.\n` : table([HEAD, ...rows.map(cells)]));
  if (errors.length > 0) throw allOf(errors);
}

/** As `--output json` shows it. */
interface Row {
  /** Missing where no name means it. */
  readonly name?: string;
  readonly digest: Digest;
  readonly kind: Kind;
  /** Bytes of what is booted, and of its text. */
  readonly size: number;
  /** In bytes. */
  readonly memory: number;
  /** When it came to be here: milliseconds since 1970. */
  readonly at: number;
}

function rowsOf(image: ListedImage): readonly Row[] {
  const { digest, text, at, names } = image;
  const row = { digest, kind: text.kind, size: sizeOf(image), memory: text.memory, at };
  return names.length === 0 ? [row] : names.map((name) => ({ name, ...row }));
}

function byName(a: Row, b: Row): number {
  // What has no name comes last.
  const [left, right] = [a, b].map(({ name, digest }) => (name === undefined ? `~${digest}` : name));
  if (left === right) return 0;
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

const HEAD = ["IMAGE", "DIGEST", "KIND", "SIZE", "MEMORY", "SINCE"];

function cells({ name, digest, kind, size, memory, at }: Row): readonly string[] {
  return [name ?? "-", shortDigest(digest), kind, bytesText(size), bytesText(memory), dateAndTime(at)];
}
