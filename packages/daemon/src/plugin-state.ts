import { MusterError } from "@muster/model";
import type { PluginState } from "./api.ts";

/** How a plugin stands whose last answer was this failure. */
export function pluginStateAfter(failure: unknown): Extract<PluginState, "hangs" | "stale" | "refused"> {
  const code = failure instanceof MusterError ? failure.code : undefined;
  if (code === "plugin.hangs") return "hangs";
  return code === "plugin.unreachable" ? "stale" : "refused";
}
