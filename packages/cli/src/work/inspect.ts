import { type Inspector, type Notice, openInspector } from "@muster/daemon";
import type { Store } from "@muster/store";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import type { SetFlags } from "../commands/flags.ts";
import { pluginDirectory } from "../places.ts";
import { OUTSIDE } from "./host.ts";
import { settingsOf } from "./settings.ts";
import { openStage } from "./stage.ts";
import { storeToRead } from "./store-to-read.ts";

/** What a command needs that asks about types and things, for as long as `use` takes. */
export async function inspecting<T>(
  cli: Cli,
  flags: SetFlags & { readonly output?: string },
  use: (inspector: Inspector) => Promise<T>,
  storeOf: (cli: Cli) => Store = storeToRead,
): Promise<T> {
  // Results are on standard output; what is told besides is not among them.
  const stage = flags.output === "json" ? openStage(cli, "json") : openStage({ ...cli, out: cli.err }, "text");
  await using parts = new AsyncDisposableStack();
  const store = parts.adopt(storeOf(cli), (it) => it.close());
  const options = { builtins: builtinsOf(cli.env), settings: settingsOf(cli, flags), outside: OUTSIDE };
  const told = { ...options, store, pluginDirectory: pluginDirectory(cli.env) };
  // That a plugin answers is seen by what it serves; that it does not is said below, whatever it was before.
  const onNotice = (notice: Notice) => (notice.kind === "plugin" ? undefined : stage.notice(notice));
  const inspector = parts.adopt(await openInspector({ ...told, onNotice }), (it) => it.close());
  for (const { name, detail = "it does not answer" } of inspector.silentPlugins()) {
    stage.notice({ kind: "plugin", message: `plugin ${name} is left out: ${detail}` });
  }
  return await use(inspector);
}
