import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import { didYouMean, MusterError, nearest } from "@muster/model";
import { errorCodeOf, type Io, type Plugin, ProviderError, readSettings, type Type } from "@muster/plugin";
import { loadPlugin, openPlugin } from "@muster/sdk";
import { type Builtins, builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import { VERSION } from "../version.ts";

type Settings = Readonly<Record<string, string>>;

const FLAVOR = "flavor-";
const PROGRAMS: ReadonlySet<string> = new Set([".ts", ".mts", ".js", ".mjs"]);

/**
 * What is meant by the word after `plugin run`, opened: a built-in type, a built-in flavor as `flavor-NAME`, or a file.
 * Throws `usage.bad-value`, `plugin.not-defined`, `settings.bad`, and of the family `provider` what cannot be opened.
 */
export async function openPluginOf(cli: Cli, what: string, settings: Settings, io: Io): Promise<Plugin> {
  try {
    if (PROGRAMS.has(extname(what))) return await openPlugin(await loadPlugin(fileOf(cli, what)), settings, io);
    return await openBuiltin(cli, what, settings, io);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw new MusterError(errorCodeOf(thrown.kind), { name: what, detail: thrown.message }, { cause: thrown });
  }
}

function fileOf({ cwd }: Cli, what: string): string {
  const path = resolve(cwd, what);
  if (existsSync(path)) return path;
  const words = { what: "plugin run", detail: `there is no file ${path}`, wanted: "the path of a .ts or .js file" };
  throw new MusterError("usage.bad-value", words);
}

async function openBuiltin(cli: Cli, what: string, settings: Settings, io: Io): Promise<Plugin> {
  const common = { name: what, version: VERSION, io };
  const builtins = builtinsOf(cli.env);
  const type = builtins.types.find(({ name }) => name === what);
  if (type !== undefined) {
    const provider = await open(type, settings, io);
    return { ...common, types: [{ type, provider }], flavors: [] };
  }
  const flavor = builtins.flavors.find(({ name }) => `${FLAVOR}${name}` === what);
  if (flavor === undefined) throw notBuiltIn(what, builtins);
  const [key] = Object.keys(settings);
  if (key !== undefined)
    throw new MusterError("settings.bad", { name: what, detail: `${key}: a flavor has no settings` });
  return { ...common, types: [], flavors: [flavor] };
}

function open(type: Type, settings: object, io: Io) {
  return type.open(readSettings(type.name, type.settings, settings), io);
}

function notBuiltIn(what: string, builtins: Builtins): MusterError {
  const known = [...builtins.types.map(({ name }) => name), ...builtins.flavors.map(({ name }) => FLAVOR + name)];
  const detail = `\`${what}\` is not built in${didYouMean(nearest(what, known))}`;
  const wanted = `one of ${known.join(", ")}, or a .ts or .js file`;
  return new MusterError("usage.bad-value", { what: "plugin run", detail, wanted });
}
