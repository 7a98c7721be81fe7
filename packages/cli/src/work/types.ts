import type { TypeView } from "@muster/daemon";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { inspecting } from "./inspect.ts";

export async function listTypes(this: Cli, flags: OutputFlags): Promise<void> {
  const views = await inspecting(this, flags, async (inspector) => inspector.types());
  this.out.write(flags.output === "json" ? `${JSON.stringify(views)}\n` : table([HEAD, ...views.map(row)]));
}

const HEAD = ["TYPE", "KNOWN BY", "NAMED BY", "FOR", "FAMILY", "PLUGIN", "WHAT IT IS"];

function row({ name, known, naming, groups, family, plugin, summary }: TypeView): readonly string[] {
  const uses = groups ? "resources, groups" : "resources";
  return [name, KNOWN[known], naming ?? "-", uses, family ?? "-", plugin ?? "-", summary].map(plain);
}

/** How things of a type are known again. */
export const KNOWN: Readonly<Record<TypeView["known"], string>> = { tags: "marks", claim: "claims", task: "-" };
