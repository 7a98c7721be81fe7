/** Puppet, as it applies what is declared on the machine it runs on. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Applier, DeclaredFile } from "./applier.ts";

/** The agent of the machine's own packages; undefined where there is none. */
export function findPuppet(): Applier | undefined {
  const { status, stdout } = spawnSync("puppet", ["--version"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  return {
    name: `Puppet ${stdout.trim()}`,
    declare(home, files) {
      const state = join(home, "var", "state");
      mkdirSync(state, { recursive: true });
      const manifest = join(home, "site.pp");
      writeFileSync(manifest, files.map(resourceOf).join(""));
      const places = ["--confdir", join(home, "conf"), "--vardir", join(home, "var"), "--statedir", state];
      return {
        program: "puppet",
        words: ["apply", "--color", "false", ...places, manifest],
        folder: home,
        env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8" },
      };
    },
  };
}

function resourceOf({ path, content, mode }: DeclaredFile): string {
  return `file { '${path}': ensure => file, content => ${JSON.stringify(content)}, mode => '${mode}' }\n`;
}
