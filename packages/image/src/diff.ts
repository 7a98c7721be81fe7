/** What two images differ in: what they say of themselves, and each file that they hold. */
import { MusterError } from "@muster/model";
import { bomOf, packagesIn } from "./bom.ts";
import { type Archived, readArchive } from "./cpio.ts";
import type { Digest, Image, ImageText } from "./image.ts";
import { openImages } from "./images.ts";
import { Unreadable } from "./reading.ts";

/** One thing that differs. What is missing on a side is undefined there. */
export interface Difference {
  readonly what: "kind" | "kernel" | "command line" | "env" | "ports" | "memory" | "cpus" | "health" | "file";
  /** The name of what is in `env`, or a file's path inside. */
  readonly name?: string;
  readonly before?: string;
  readonly after?: string;
  /** The packages that a file is from, with their versions, as the bills of materials have them. */
  readonly packageBefore?: string;
  readonly packageAfter?: string;
}

/**
 * Everything that two images differ in; nothing, where they are the same. Both are verified first, and files are taken from
 * the archives themselves; only packages are told by the bills of materials.
 *
 * @throws `image.unknown`, `image.changed`, `image.not-possible`
 */
export function differences(dir: string, before: Digest, after: Digest): readonly Difference[] {
  if (before === after) return [];
  const [a, b] = [sideOf(dir, before), sideOf(dir, after)];
  return [...ofTexts(a, b), ...ofFiles(a, b)];
}

interface Side {
  readonly image: Image;
  readonly packages: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Archived>;
}

function sideOf(dir: string, digest: Digest): Side {
  const image = openImages(dir).verified(digest);
  return {
    image,
    packages: packagesIn(bomOf(dir, digest) ?? ""),
    files: new Map(filesOf(image).map((file) => [file.path, file])),
  };
}

/** One that somebody else has built may be whole, and have its files in another form. */
function filesOf({ digest, initrd }: Image): readonly Archived[] {
  try {
    return initrd === undefined ? [] : readArchive(initrd);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    const detail = `the files of ${digest} cannot be compared: its initrd ${thrown.message}`;
    const fix = "Build it with `muster image build`, whose archives are neither compressed nor joined.";
    throw new MusterError("image.not-possible", { detail, fix }, { cause: thrown });
  }
}

function ofTexts(a: Side, b: Side): readonly Difference[] {
  const [before, after] = [a.image.text, b.image.text];
  const compared = (what: Difference["what"], told: (text: ImageText) => string | undefined): readonly Difference[] =>
    different({ what }, told(before), told(after));
  const names = [...new Set([...Object.keys(before.env), ...Object.keys(after.env)])].sort();
  return [
    ...compared("kind", ({ kind }) => kind),
    ...different({ what: "kernel", ...packages("kernel", a, b) }, before.kernel, after.kernel),
    ...compared("command line", ({ commandLine }) => commandLine),
    ...names.flatMap((name) => different({ what: "env", name }, before.env[name], after.env[name])),
    ...compared("ports", ({ ports }) => ports.join(" ") || undefined),
    ...compared("memory", ({ memory }) => String(memory)),
    ...compared("cpus", ({ cpus }) => String(cpus)),
    // Both come from canonical texts, and have their keys in one order.
    ...compared("health", ({ health }) => (health === undefined ? undefined : JSON.stringify(health))),
  ];
}

function ofFiles(a: Side, b: Side): readonly Difference[] {
  const paths = [...new Set([...a.files.keys(), ...b.files.keys()])].sort();
  return paths.flatMap((path) => {
    const difference = { what: "file", name: path, ...packages(path, a, b) } as const;
    return different(difference, toldOf(a.files.get(path)), toldOf(b.files.get(path)));
  });
}

const LINK = 0o120_000;
const DIRECTORY = 0o040_000;

/** What a file is, in a word, its rights and its bytes. */
function toldOf(file: Archived | undefined): string | undefined {
  if (file === undefined) return undefined;
  const kind = file.mode & 0o170_000;
  const rights = (file.mode & 0o7777).toString(8).padStart(4, "0");
  if (kind === DIRECTORY) return `directory ${rights}`;
  return `${kind === LINK ? "link" : rights} ${file.digest}`;
}

function packages(name: string, a: Side, b: Side): Pick<Difference, "packageBefore" | "packageAfter"> {
  const [before, after] = [a.packages.get(name), b.packages.get(name)];
  return {
    ...(before === undefined ? {} : { packageBefore: before }),
    ...(after === undefined ? {} : { packageAfter: after }),
  };
}

function different(
  difference: Omit<Difference, "before" | "after">,
  before: string | undefined,
  after: string | undefined,
): readonly Difference[] {
  if (before === after) return [];
  return [{ ...difference, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
