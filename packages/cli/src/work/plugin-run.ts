import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { GROUP_SOCKET, MusterError, NAME, NAME_RULE } from "@muster/model";
import { contentsOf, type Plugin, servePlugin } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import { pluginDirectory } from "../places.ts";
import { VERSION } from "../version.ts";
import { listenForEnd, untilAborted } from "./ending.ts";
import { openPluginOf } from "./plugin-find.ts";

export interface PluginRunFlags {
  readonly dir?: string;
  readonly set?: readonly string[];
  readonly name?: string;
}

/** Serves a plugin on its socket until it is asked to end. What its providers made stays. */
export async function runPlugin(this: Cli, flags: PluginRunFlags, what: string): Promise<void> {
  const io = { now: Date.now, randomBytes };
  const opened = await openPluginOf(this, what, settingsOf(flags), io);
  const plugin: Plugin = { ...opened, name: flags.name ?? opened.name };
  checkName(plugin.name);
  const ending = listenForEnd();
  try {
    const served = await servePlugin({ ...plugin, socket: join(pluginDirectory(this.env), plugin.name) });
    this.out.write(`muster ${VERSION} · plugin ${plugin.name} serves ${contentsOf(plugin)} at ${served.socket}\n`);
    await untilAborted(ending.asked);
    await served.close();
    this.out.write("Ended. What was made stays.\n");
  } finally {
    ending.forget();
  }
}

/** Throws `usage.bad-value`. */
function checkName(name: string): void {
  if (!NAME.test(name)) {
    throw new MusterError("usage.bad-value", { what: "--name", detail: `\`${name}\` is no name`, wanted: NAME_RULE });
  }
  if (name !== GROUP_SOCKET) return;
  const detail = `at \`${name}\`, \`muster serve\` answers InfraKit's clients`;
  throw new MusterError("usage.bad-value", { what: "--name", detail, wanted: "another name" });
}

/** Throws `usage.bad-value`. */
function settingsOf({ dir, set = [] }: PluginRunFlags): Readonly<Record<string, string>> {
  const given = set.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    const words = {
      what: "--set",
      detail: `\`${text}\` sets nothing`,
      wanted: "a key, `=` and a value: `dir=./notes`",
    };
    throw new MusterError("usage.bad-value", words);
  });
  return Object.fromEntries(dir === undefined ? given : [...given, ["dir", dir]]);
}
