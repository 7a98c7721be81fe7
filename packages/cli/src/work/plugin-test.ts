import { isObject, type JsonObject, MusterError, messageOf } from "@muster/model";
import { conform, type StatementResult } from "@muster/plugin";
import type { Cli, Printer } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { paint, plain } from "../print/paint.ts";
import { listenForEnd } from "./ending.ts";
import { pluginFile } from "./plugin-file.ts";

export interface PluginTestFlags extends OutputFlags {
  readonly properties?: string;
}

/** Prints each statement as it was tried. Throws `plugin.conformance` when one does not hold. */
export async function testPlugin(this: Cli, flags: PluginTestFlags, plugin: string): Promise<void> {
  const properties = propertiesOf(flags.properties);
  const statements = conform(pluginFile(this, plugin), properties === undefined ? {} : { properties });
  const counts = { holds: 0, fails: 0, "left-out": 0 };
  const ending = listenForEnd();
  try {
    for await (const result of statements) {
      counts[result.kind]++;
      this.out.write(flags.output === "json" ? `${JSON.stringify(result)}\n` : lineOf(result, this.out));
      // Whoever leaves early leaves nothing behind: the kit cleans up when it is not read on.
      if (ending.asked.aborted || this.out.closed.aborted) break;
    }
  } finally {
    ending.forget();
  }
  const { holds, fails } = counts;
  if (flags.output === "text") this.out.write(`\n${holds} hold, ${fails} do not, ${counts["left-out"]} left out\n`);
  if (fails > 0) throw new MusterError("plugin.conformance", { failed: fails, total: holds + fails });
}

function lineOf(result: StatementResult, printer: Printer): string {
  const says = `${plain(result.about)}: ${plain(result.says)}`;
  switch (result.kind) {
    case "holds":
      return `${paint(printer, "green", "✓")} ${says}\n`;
    case "left-out":
      return `${paint(printer, "dim", `- ${says} (${plain(result.why)})`)}\n`;
    case "fails":
      return [
        `${paint(printer, "red", "✗")} ${says}`,
        `    expected: ${plain(result.expected)}`,
        `    came:     ${plain(result.came)}`,
        `    next:     ${plain(result.next)}\n`,
      ].join("\n");
  }
}

/** Throws `usage.bad-value`. */
function propertiesOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
    throw new Error("this is not a JSON object");
  } catch (thrown) {
    const words = { what: "--properties", detail: messageOf(thrown), wanted: `an object, as '{"text":"hello"}'` };
    throw new MusterError("usage.bad-value", words);
  }
}
