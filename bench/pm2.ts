import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const VERSION = "7.0.4";

/** pm2 with a home and a daemon of its own. */
export interface Pm2 {
  readonly version: string;
  /** Starts so many processes of a script, each of which begins anew when it ends. */
  start(script: string, args: readonly string[], count: number): void;
  /** The daemon's pid. */
  daemon(): number;
  /** The pids of all that it knows. Where there is no daemon any more, this starts another. */
  known(): readonly number[];
}

/** Installs pm2 below the folder; undefined where it cannot be had. */
export function installPm2(folder: string): Pm2 | undefined {
  const place = join(folder, "pm2");
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), JSON.stringify({ private: true }));
  const quick = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { status } = spawnSync("npm", ["install", "--prefix", place, ...quick, `pm2@${VERSION}`], {
    cwd: place,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return status === 0 ? pm2In(place, folder) : undefined;
}

function pm2In(place: string, folder: string): Pm2 {
  const home = join(folder, "pm2-home");
  const program = join(place, "node_modules/pm2/bin/pm2");

  function run(...words: readonly string[]): string {
    const env = { PATH: process.env.PATH, HOME: folder, PM2_HOME: home };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`pm2 ${words[0]} ended with ${status}: ${stderr}`);
    return stdout;
  }

  return {
    version: VERSION,
    start(script, args, count) {
      const app = { name: "bench", script, args, instances: count, exec_mode: "fork", vizion: false };
      const file = join(place, "bench.config.json");
      writeFileSync(file, JSON.stringify({ apps: [app] }));
      run("start", file);
    },
    daemon: () => Number(readFileSync(join(home, "pm2.pid"), "utf8")),
    known() {
      // Before the list it may tell that it has started a daemon.
      const list: readonly { readonly pid: number }[] = JSON.parse(run("jlist").split("\n").at(-1) ?? "");
      return list.map(({ pid }) => pid);
    },
  };
}
