/** A package as others install it. It has all that it needs in itself, so that nothing is fetched with it. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export interface Package {
  readonly folder: string;
  /** Copies from the clone. */
  bring(from: string, to: string): void;
  /** Writes whose work is in it, with their licences, given the files that came from other packages. */
  thank(files: readonly string[]): void;
  /** Writes its package.json: what the room's own says of it, and this. */
  describe(more: object): void;
  /** Of a package of others, as it is installed here. */
  versionOf(library: string): string;
}

/**
 * @param room its directory in `packages`
 * @param build where it is made
 */
export function packageOf(room: string, build: string): Package {
  const folder = join(build, room);
  mkdirSync(folder, { recursive: true });
  const bring: Package["bring"] = (from, to) => cpSync(join(ROOT, from), join(folder, to), { recursive: true });
  bring("LICENSE", "LICENSE");
  return {
    folder,
    bring,
    thank(files) {
      const roots = new Set(files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
      const texts = [...roots].sort().map(licenceOf);
      writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
    },
    describe(more) {
      const { name, version, description, license, type } = manifestOf(join(ROOT, "packages", room));
      const manifest = { name, version, description, license, type, engines: { node: ">=24" }, ...more };
      writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    },
    versionOf: (library) => manifestOf(join(ROOT, "node_modules", library)).version,
  };
}

/** Makes the tarball beside its folder, and answers its path. */
export function pack({ folder }: Package): string {
  const words = ["pack", "--json", "--pack-destination", dirname(folder)];
  const text = execFileSync("npm", words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const [made]: readonly { readonly filename: string }[] = JSON.parse(text);
  if (made === undefined) throw new Error(`npm has packed nothing of ${folder}`);
  return join(dirname(folder), made.filename);
}

function licenceOf(root: string): string {
  const { name, version, license } = manifestOf(root);
  const [file] = globSync(join(root, "{LICENSE,LICENCE,license}*"));
  return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(file, "utf8")}`;
}

type Manifest = Readonly<Record<"name" | "version" | "description" | "license" | "type", string>>;

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
