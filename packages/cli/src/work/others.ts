/** Others who have given something to the Muster in this process: they see how it ends before it goes. */
import type { Daemon } from "@muster/daemon";
import type { Api } from "../client/api.ts";
import { OUTSIDE } from "./host.ts";
import { rest } from "./rest.ts";
import type { Stage } from "./stage.ts";

/** Whoever waits asks ten times as often. In milliseconds. */
const QUIET_MS = 1_000;
const LOOK_EVERY_MS = 50;

/** Counts what this process itself gives to its Muster over the socket. What it declares it hands over as it is. */
export function counting(api: Api): { readonly api: Api; calls(): number } {
  let calls = 0;
  const destroy: Api["destroy"] = (wanted) => {
    calls++;
    return api.destroy(wanted);
  };
  return { api: { ...api, destroy }, calls: () => calls };
}

/** Until nobody else asks any more. */
export async function untilSeen(
  daemon: Pick<Daemon, "heard">,
  own: () => number,
  stage: Pick<Stage, "say">,
  asked: AbortSignal,
): Promise<void> {
  const isAwaited = () => {
    const { applied, open, askedAt } = daemon.heard();
    return applied > own() && (open > 0 || OUTSIDE.clock.now() - askedAt < QUIET_MS);
  };
  if (asked.aborted || !isAwaited()) return;
  stage.say("Somebody else has applied here meanwhile: this goes on until he has seen how it ends.");
  while (!asked.aborted && isAwaited()) {
    await rest(LOOK_EVERY_MS, asked);
  }
}
