/** Who can be asked whether files are there: Muster, Serverspec and Bats, each as its documents say. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./measured.ts";
import { environment } from "./serving.ts";
import type { Loopback } from "./sshd.ts";

export interface Checker {
  readonly name: string;
  /**
   * Writes down that each of the files is a file, and gives the command that asks.
   *
   * @param home a directory of its own
   * @param there where they are; missing: here
   */
  ask(home: string, files: readonly string[], there: Loopback | undefined): Command;
}

/** @param folder the home of all of its commands: their compile cache is warm */
export function musterIn(folder: string, bin: string): Checker {
  return {
    name: "Muster",
    ask(home, files, there) {
      const checks = join(home, "checks.yaml");
      writeFileSync(checks, `checks:\n${files.map((file) => `  - file: ${file}\n    type: file\n`).join("")}`);
      const target = there === undefined ? "local" : addressOf(there);
      const words = [bin, "verify", checks, "--target", target];
      return { program: process.execPath, words, folder: home, env: environment(folder) };
    },
  };
}

function addressOf({ port, user, key, knownHosts }: Loopback): string {
  return `ssh://${user}@127.0.0.1:${port}?key=${key}&known-hosts=${knownHosts}`;
}

/** Of the machine's own packages; undefined where there is none. */
export function findServerspec(): Checker | undefined {
  const { status, stdout } = spawnSync("ruby", ["-e", 'require "serverspec"; print Serverspec::VERSION'], {
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  return {
    name: `Serverspec ${stdout}`,
    ask(home, files, there) {
      const spec = join(home, "files_spec.rb");
      const checks = files.map((file) => `describe file('${file}') do\n  it { should be_file }\nend\n`);
      writeFileSync(spec, `require 'serverspec'\n${backendOf(there)}${checks.join("")}`);
      return { program: "rspec", words: [spec], folder: home, env: { ...environment(home), LANG: "C.UTF-8" } };
    },
  };
}

function backendOf(there: Loopback | undefined): string {
  if (there === undefined) return "set :backend, :exec\n";
  const { port, user, key, knownHosts } = there;
  const options = `port: ${port}, user: '${user}', keys: ['${key}'], keys_only: true, user_known_hosts_file: '${knownHosts}'`;
  return `set :backend, :ssh\nset :host, '127.0.0.1'\nset :disable_sudo, true\nset :ssh_options, { ${options} }\n`;
}

/** Of the machine's own packages; undefined where there is none. It knows of no other machine. */
export function findBats(): Checker | undefined {
  const { status, stdout } = spawnSync("bats", ["--version"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  return {
    name: stdout.trim(),
    ask(home, files) {
      const test = join(home, "files.bats");
      writeFileSync(test, files.map((file, at) => `@test "file ${at}" {\n  [ -f '${file}' ]\n}\n`).join(""));
      const temporary = join(home, "tmp");
      mkdirSync(temporary, { recursive: true });
      return { program: "bats", words: [test], folder: home, env: { ...environment(home), TMPDIR: temporary } };
    },
  };
}
