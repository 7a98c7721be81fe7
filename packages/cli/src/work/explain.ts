import type { TypeDetail } from "@muster/daemon";
import { didYouMean, MusterError, nearest } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { propertyText, readText, typeText } from "../print/type-text.ts";
import { inspecting } from "./inspect.ts";

/** @param asked a type, or TYPE.PROPERTY */
export async function explainType(this: Cli, flags: OutputFlags, asked: string): Promise<void> {
  const [name = "", ...rest] = asked.split(".");
  const property = rest.length === 0 ? undefined : rest.join(".");
  const detail = await inspecting(this, flags, async (inspector) => inspector.explain(name));
  const told = property === undefined ? { view: detail, text: typeText(detail, this.out) } : ofOne(detail, property);
  this.out.write(flags.output === "json" ? `${JSON.stringify(told.view)}\n` : told.text);
}

/** What is declared goes before what is read, where both have the name. */
function ofOne(type: TypeDetail, property: string): { readonly view: object; readonly text: string } {
  const declared = type.properties.find(({ name }) => name === property);
  if (declared !== undefined) return { view: declared, text: propertyText(type, declared) };
  const output = type.outputs.find(({ name }) => name === property);
  if (output !== undefined) return { view: output, text: readText(type, output) };
  const known = [...type.properties, ...type.outputs].map(({ name }) => name);
  const words = { type: type.name, property, nearest: didYouMean(nearest(property, known)), known: known.join(", ") };
  throw new MusterError("usage.unknown-property", words);
}
