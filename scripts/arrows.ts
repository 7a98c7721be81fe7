/**
 * Imports point down. The linter sees to it that a package imports only what its package.json names, and only through
 * doors; this sees to it that each package.json names only rooms below its own.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Room → the rooms it may import. ARCHITECTURE.md shows the same as a picture. */
const below: Readonly<Record<string, readonly string[]>> = {
  "@muster/model": [],
  "@muster/checks": ["@muster/model"],
  "@muster/image": ["@muster/checks", "@muster/model"],
  "@muster/engine": ["@muster/model"],
  "@muster/plugin": ["@muster/model"],
  "@muster/store": ["@muster/model"],
  "@muster/declaration": ["@muster/checks", "@muster/plugin", "@muster/model"],
  "@muster/flavors": ["@muster/checks", "@muster/plugin", "@muster/model"],
  // A command is run as a process is started: with its environment, as its user.
  "@muster/provider-command": ["@muster/provider-process", "@muster/checks", "@muster/plugin", "@muster/model"],
  "@muster/provider-container": ["@muster/plugin", "@muster/model"],
  "@muster/provider-digitalocean": ["@muster/plugin", "@muster/model"],
  "@muster/provider-file": ["@muster/plugin", "@muster/model"],
  "@muster/provider-process": ["@muster/checks", "@muster/plugin", "@muster/model"],
  // A machine is a process of the hypervisor: docs/decisions/0009-machines.md.
  "@muster/provider-vm": [
    "@muster/provider-process",
    "@muster/image",
    "@muster/checks",
    "@muster/plugin",
    "@muster/model",
  ],
  "@muster/runtime": ["@muster/engine", "@muster/store", "@muster/checks", "@muster/plugin", "@muster/model"],
  "@muster/simulator": ["@muster/runtime", "@muster/engine", "@muster/store", "@muster/plugin", "@muster/model"],
  "@muster/daemon": [
    "@muster/runtime",
    "@muster/declaration",
    "@muster/store",
    "@muster/checks",
    "@muster/plugin",
    "@muster/model",
  ],
  // What stands behind `@muster/sdk/testing` keeps a stack in a simulated world.
  "@muster/sdk": [
    "@muster/runtime",
    "@muster/declaration",
    "@muster/store",
    "@muster/provider-command",
    "@muster/provider-container",
    "@muster/provider-digitalocean",
    "@muster/provider-file",
    "@muster/provider-process",
    "@muster/provider-vm",
    "@muster/flavors",
    "@muster/checks",
    "@muster/image",
    "@muster/plugin",
    "@muster/model",
  ],
  "@muster/cli": ["*"],
};

const wrong: string[] = [];
let rooms = 0;
for (const file of globSync("packages/{*,providers/*}/package.json")) {
  const { name, dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, "utf8"));
  const allowed = below[name];
  rooms++;
  if (allowed === undefined) {
    wrong.push(`${file}: ${name} has no place in the house; give it one in scripts/arrows.ts and ARCHITECTURE.md`);
    continue;
  }
  const named = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  for (const dependency of named.filter((each) => each.startsWith("@muster/"))) {
    if (allowed.includes("*") || allowed.includes(dependency)) continue;
    wrong.push(`${dirname(file)} imports ${dependency}, which is not below it`);
  }
}
if (rooms !== Object.keys(below).length) {
  wrong.push(`${rooms} packages were found, and ${Object.keys(below).length} have a place in the house`);
}

for (const line of wrong) console.error(line);
console.log(`${rooms} rooms, ${wrong.length} arrows that point up`);
process.exitCode = wrong.length === 0 ? 0 : 1;
