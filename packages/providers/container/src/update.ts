import type { Observed } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { limitsBody } from "./body.ts";
import { ANYTHING, type Engine, type Refusal } from "./engine/engine.ts";
import { refused } from "./failure.ts";
import type { ContainerProperties } from "./properties.ts";

/** Changes the limits of a living container. Throws `invalid` where the engine cannot. */
export async function update(
  engine: Engine,
  { id, properties: is }: Observed<ContainerProperties>,
  want: ContainerProperties,
  signal: AbortSignal,
): Promise<void> {
  const memory = changed(is.memory, want.memory);
  const cpus = changed(is.cpus, want.cpus);
  const pids = changed(is.pids, want.pids);
  if (memory === undefined && cpus === undefined && pids === undefined) return;
  // To the engine, 0 is no change at all.
  if (memory === 0 || cpus === 0)
    throw new ProviderError("invalid", `${LIFT} of memory or CPUs from a living container`);
  const path = `/containers/${id}/update`;
  const answer = await engine.ask({ method: "POST", path, body: limitsBody({ memory, cpus, pids }), signal }, ANYTHING);
  if (answer.kind === "refused") throw failureOf(id, answer);
}

const LIFT = "no engine lifts a limit";

function changed(is: number | undefined, want: number | undefined): number | undefined {
  return want === is ? undefined : want;
}

function failureOf(id: string, answer: Refusal): ProviderError {
  const short = id.slice(0, 12);
  // An engine that has the call says which container it misses.
  if (answer.status === 405 || (answer.status === 404 && !/no such container/i.test(answer.message))) {
    return new ProviderError("invalid", `this engine cannot change the limits of a living container (${short})`);
  }
  return refused(`the limits of container ${short} cannot be changed`, answer);
}
