/** What a machine uses, as one JSON object. */
import { isObject } from "@muster/model";
import { statsOf } from "@muster/provider-process";
import { withQmp } from "../qemu/qmp.ts";
import type { Subject } from "./tools.ts";

/** Of the hypervisor as this machine counts it: what the guest has touched of its memory is in it. */
export async function* stats({ sighting, processes, signal }: Subject): AsyncGenerator<Uint8Array> {
  const { members } = await processes.halting(sighting.id, signal);
  const { threads, residentBytes, processorMs } = statsOf(await members());
  const answer = await withQmp(sighting.home, (qmp) => qmp.ask("query-status"), signal);
  const status = isObject(answer) && typeof answer["status"] === "string" ? answer["status"] : "unknown";
  const { memory = null, cpus = null } = sighting.thing ?? {};
  const told = { status, cpus, memoryBytes: memory, residentBytes, processorMs, threads };
  yield Buffer.from(`${JSON.stringify(told)}\n`);
}
