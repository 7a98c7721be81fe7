/** What a machine uses, as one JSON object. */
import { statsOf } from "@muster/provider-process";
import type { Subject } from "./tools.ts";

/** Of the hypervisor as this machine counts it: what the guest has touched of its memory is in it. */
export async function* stats({ sighting, processes, signal }: Subject): AsyncGenerator<Uint8Array> {
  const { members } = await processes.halting(sighting.id, signal);
  const { threads, residentBytes, processorMs } = statsOf(await members());
  const { memory, cpus } = sighting.thing ?? {};
  const declared = {
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(cpus === undefined ? {} : { cpus }),
  };
  yield Buffer.from(`${JSON.stringify({ ...declared, residentBytes, processorMs, threads })}\n`);
}
