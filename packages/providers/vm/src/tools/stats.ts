/** What a machine uses, as one JSON object. */
import { isObject } from "@muster/model";
import { withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

export async function* stats({ sighting: { home, living, properties }, signal }: Subject): AsyncGenerator<Uint8Array> {
  const status = await withQmp(home, (qmp) => qmp.ask("query-status"), signal);
  void living;
  void properties;
  const told = { status: isObject(status) ? (status["status"] ?? null) : null };
  yield Buffer.from(`${JSON.stringify(told)}\n`);
}
