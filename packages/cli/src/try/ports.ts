/** Ports of this machine that tries were given: of those that run at once, each has its own, whatever process sees to it. */
import { existsSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "@muster/model";
import { listeningPorts, makePrivateDirectory } from "@muster/plugin";
import { type HostPorts, hostPorts } from "@muster/runtime";
import type { Environment } from "../cli.ts";
import { triesDirectory } from "./place.ts";

/** @param env everybody's */
export function portsOfTry(env: Environment, id: string): HostPorts {
  const directory = triesDirectory(env);
  makePrivateDirectory(directory);
  return hostPorts(listeningPorts, (port) => take(join(directory, `${PREFIX}${port}`), id));
}

const PREFIX = "port-";

/** A link is made whole, and by one alone: nobody ever sees one that does not say whose it is. */
function take(link: string, id: string): boolean {
  try {
    symlinkSync(id, link);
    return true;
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
    return holderOf(link) === id;
  }
}

/** Undefined where it has just been given back. */
function holderOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Nobody of the try is left. Twice is harmless. */
export function giveBackPorts(env: Environment, id: string): void {
  const directory = triesDirectory(env);
  if (!existsSync(directory)) return;
  const links = readdirSync(directory).filter((name) => name.startsWith(PREFIX));
  for (const link of links.map((name) => join(directory, name))) {
    if (holderOf(link) === id) rmSync(link, { force: true });
  }
}
