import type { PluginView, Readiness } from "../api.ts";
import type { Applying } from "../apply.ts";
import type { Bell } from "../events.ts";
import type { DaemonOptions } from "../options.ts";
import type { Stacks } from "../stacks.ts";
import type { Ear } from "./heard.ts";

/** What the API shows of a daemon, and does with it. */
export interface ApiDeps {
  readonly options: Pick<DaemonOptions, "command" | "version" | "store">;
  readonly stacks: Stacks;
  readonly applying: Applying;
  readonly bell: Bell;
  readonly ear: Ear;
  plugins(): readonly PluginView[];
  readiness(): Promise<Readiness>;
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal;
}
