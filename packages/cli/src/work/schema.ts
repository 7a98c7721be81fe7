import type { Cli } from "../cli.ts";
import { inspecting } from "./inspect.ts";

export async function printSchema(this: Cli): Promise<void> {
  const schema = await inspecting(this, {}, async (inspector) => inspector.stackSchema());
  this.out.write(`${JSON.stringify(schema, undefined, 2)}\n`);
}
