/** The tools that a process can honestly have: what signals and /proc are good for. */
import { ProviderError, type Tool } from "@muster/plugin";
import { continueAll, type Halting, haltAll } from "./halting.ts";
import { statsOf } from "./stats.ts";

export const PROCESS_TOOLS = ["pause", "continue", "stats"] as const satisfies readonly Tool[];

/** What the tool gives, as bytes. Throws `invalid` for one that is not here. */
export async function useTool(tool: Tool, halting: Halting): Promise<Uint8Array> {
  switch (tool) {
    case "pause":
      await haltAll(halting);
      return NOTHING;
    case "continue":
      await continueAll(halting);
      return NOTHING;
    case "stats":
      return Buffer.from(`${JSON.stringify(statsOf(await halting.members()))}\n`);
    default:
      throw new ProviderError("invalid", `a process has no ${tool}`);
  }
}

const NOTHING = new Uint8Array();
