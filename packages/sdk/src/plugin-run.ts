import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GROUP_SOCKET, MusterError, pluginDirectory } from "@muster/model";
import { contentsOf, servePlugin } from "@muster/plugin";
import { z } from "zod";
import type { DefinedPlugin } from "./plugin.ts";
import { openPlugin } from "./plugin-open.ts";

/**
 * Makes a plugin file a program of its own: `if (import.meta.main) await runPlugin(plugin)`. Serves until SIGINT or
 * SIGTERM; what was made stays. Its settings are options (`--dir notes`), and `--socket` says where it answers; unless
 * told, where Muster looks for plugins.
 */
export async function runPlugin(plugin: DefinedPlugin): Promise<void> {
  try {
    await serveUntilAsked(plugin);
  } catch (thrown) {
    if (!(thrown instanceof MusterError)) throw thrown;
    process.stderr.write(`${thrown.message}\n${thrown.next}\n`);
    process.exitCode = 1;
  }
}

async function serveUntilAsked(plugin: DefinedPlugin): Promise<void> {
  checkName(plugin.name);
  const { socket = join(pluginDirectory(process.env, homedir()), plugin.name), ...settings } = optionsOf(plugin);
  const open = await openPlugin(plugin, settings, { now: Date.now, randomBytes });
  const served = await servePlugin({ ...open, socket: resolve(socket) });
  process.stdout.write(`plugin ${plugin.name} serves ${contentsOf(open)} at ${served.socket}\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await served.close();
}

/** Throws `usage.bad-value`. */
function checkName(name: string): void {
  if (name !== GROUP_SOCKET) return;
  const detail = `at \`${name}\`, \`muster serve\` answers InfraKit's clients`;
  throw new MusterError("usage.bad-value", { what: "name", detail, wanted: "another name" });
}

function optionsOf({ name, settings }: DefinedPlugin): Readonly<Record<string, string>> {
  const keys = Object.keys(z.toJSONSchema(settings, { io: "input" }).properties ?? {});
  const options = Object.fromEntries([...keys, "socket"].map((key) => [key, { type: "string" as const }]));
  try {
    const given = Object.entries(parseArgs({ options }).values);
    return Object.fromEntries(given.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new MusterError("settings.bad", { name, detail }, { cause });
  }
}
