import { type PluginView, pluginStateAfter } from "@muster/daemon";
import { MusterError, messageOf } from "@muster/model";
import { connectPlugin, pluginName } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import { apiAt } from "../client/api.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { pluginDirectory, serveSocket } from "../places.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { pluginFiles } from "./plugin-file.ts";

/** The plugins as `serve` sees them; where it does not run, those that answer in the plugin directory. */
export async function listPlugins(this: Cli, { output }: OutputFlags): Promise<void> {
  const views = await apiAt(serveSocket(this.env))
    .plugins()
    .catch((thrown: unknown) => {
      if (thrown instanceof MusterError && thrown.code === "daemon.not-running") return askPlugins(this);
      throw thrown;
    });
  this.out.write(output === "json" ? `${JSON.stringify(views)}\n` : textOf(views, this));
}

function textOf(views: readonly PluginView[], { env }: Cli): string {
  if (views.length > 0) return table([HEAD, ...views.map(row)]);
  return `No plugins in ${pluginDirectory(env)}. \`muster plugin run --help\` shows how to start one.\n`;
}

const HEAD = ["PLUGIN", "STATE", "DIALECT", "TYPES", "FLAVORS", "SOCKET"];

function row({ name, state, dialect, types, flavors, socket, detail }: PluginView): readonly string[] {
  const names = (things: PluginView["types"]) => things.map((thing) => plain(thing.name)).join(",") || "-";
  const where = [socket ?? "-", ...(detail === undefined ? [] : [`(${plain(detail)})`])].join(" ");
  return [name, state, dialect ?? "-", names(types), names(flavors), where];
}

async function askPlugins({ env }: Cli): Promise<readonly PluginView[]> {
  return Promise.all(pluginFiles(pluginDirectory(env)).map(ask));
}

async function ask(socket: string): Promise<PluginView> {
  const name = pluginName(socket);
  try {
    const { dialect, version, types, flavors, close } = await connectPlugin(socket);
    close();
    const served = { types: types.map(shown), flavors: flavors.map(shown) };
    return { name, state: "connected", socket, dialect, ...(version ? { version } : {}), ...served };
  } catch (thrown) {
    const state = pluginStateAfter(thrown);
    return { name, state, socket, types: [], flavors: [], detail: messageOf(thrown) };
  }
}

function shown({ name, summary }: PluginView["types"][number]): PluginView["types"][number] {
  return { name, summary };
}
