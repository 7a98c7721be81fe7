/**
 * `npm run build [DIRECTORY]`: makes of the clone what is installed elsewhere, each as a folder and as a tarball: the
 * command, and the SDK with its types. Nothing in the clone runs what is made here.
 */
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundle } from "./build/bundle.ts";
import { pack, packageOf } from "./build/package.ts";
import { declareTypes } from "./build/types.ts";

const build = resolve(process.argv[2] ?? join(import.meta.dirname, "../build"));
for (const room of ["cli", "sdk"]) rmSync(join(build, room), { recursive: true, force: true });

const cli = packageOf("cli", build);
cli.bring("packages/cli/bin", "bin");
// Guests are compiled where they are wanted.
cli.bring("packages/providers/vm/guests", "guests");
cli.thank(await bundle({ main: "packages/cli/src/main.ts" }, cli.folder, []));
cli.describe({ bin: { muster: "bin/muster.js" }, exports: "./dist/main.js" });
console.log(pack(cli));

const sdk = packageOf("sdk", build);
const doors = { index: "packages/sdk/src/index.ts", testing: "packages/sdk/src/testing/index.ts" };
// A plugin's schemas are zod's, so its author needs zod's types: it goes along whole.
sdk.bring("node_modules/zod", "node_modules/zod");
sdk.bring("packages/providers/vm/guests", "guests");
sdk.thank(await bundle(doors, sdk.folder, ["zod"]));
const typesOf = declareTypes(Object.values(doors), sdk.folder);
sdk.describe({
  exports: {
    ".": { types: typesOf(doors.index), default: "./dist/index.js" },
    "./testing": { types: typesOf(doors.testing), default: "./dist/testing.js" },
  },
  dependencies: { zod: sdk.versionOf("zod") },
  bundleDependencies: ["zod"],
});
console.log(pack(sdk));
