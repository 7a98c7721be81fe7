import { registerHooks } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { MusterError, messageOf } from "@muster/model";
import type { DefinedPlugin } from "./plugin.ts";

const SDK = new URL("./index.ts", import.meta.url).href;

/**
 * The plugin that a file defines. `@muster/sdk` is found for it wherever it lies, and it is a module whatever the
 * package.json above it says. It runs in this process, and so with all its rights. Throws `plugin.not-defined`.
 *
 * @param path absolute.
 */
export async function loadPlugin(path: string): Promise<DefinedPlugin> {
  const file = pathToFileURL(path).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@muster/sdk" ? { url: SDK, shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      next(url, url === file && extname(path) === ".ts" ? { ...context, format: "module-typescript" } : context),
  });
  const module = await import(file).catch((cause: unknown) => {
    throw new MusterError("plugin.not-defined", { file: path, detail: messageOf(cause) }, { cause });
  });
  if (isDefined(module.default)) return module.default;
  const detail = "it has no default export that `definePlugin` made";
  throw new MusterError("plugin.not-defined", { file: path, detail });
}

function isDefined(value: unknown): value is DefinedPlugin {
  return typeof value === "object" && value !== null && "types" in value && "flavors" in value && "settings" in value;
}
