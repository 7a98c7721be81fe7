/** The tools that every engine has for its containers. */
import { ProviderError, type Tool } from "@muster/plugin";
import { containerStats, inspectedContainer } from "./engine/answers.ts";
import { ANYTHING, type Engine, type Refusal } from "./engine/engine.ts";
import { refused } from "./failure.ts";
import { statsOf } from "./stats.ts";

export const CONTAINER_TOOLS = ["pause", "continue", "stats"] as const satisfies readonly Tool[];

/** What the tool gives, as bytes. Throws `invalid` for one that is not here, and where no such container runs. */
export async function useTool(engine: Engine, id: string, tool: Tool, signal: AbortSignal): Promise<Uint8Array> {
  switch (tool) {
    case "pause":
      await bring(engine, id, { call: "pause", to: "paused" }, signal);
      return NOTHING;
    case "continue":
      await bring(engine, id, { call: "unpause", to: "running" }, signal);
      return NOTHING;
    case "stats":
      return Buffer.from(`${JSON.stringify(await stats(engine, id, signal))}\n`);
    default:
      throw new ProviderError("invalid", `a container has no ${tool}`);
  }
}

const NOTHING = new Uint8Array();

interface Way {
  readonly call: "pause" | "unpause";
  readonly to: "paused" | "running";
}

/** Engines refuse to do again what is done. */
async function bring(engine: Engine, id: string, { call, to }: Way, signal: AbortSignal): Promise<void> {
  if ((await runningState(engine, id, signal)) === to) return;
  const answer = await engine.ask({ method: "POST", path: `/containers/${id}/${call}`, signal }, ANYTHING);
  if (answer.kind === "answered") return;
  // Somebody else may have done it meanwhile, or it has ended.
  if ((await runningState(engine, id, signal)) === to) return;
  throw refused(`container ${id.slice(0, 12)} cannot be ${to === "paused" ? "paused" : "let go on"}`, answer);
}

async function stats(engine: Engine, id: string, signal: AbortSignal): Promise<object> {
  // Of one that has ended, engines tell zeros.
  await runningState(engine, id, signal);
  const path = `/containers/${id}/stats?stream=false&one-shot=true`;
  const answer = await engine.ask({ method: "GET", path, signal }, containerStats);
  if (answer.kind === "answered") return statsOf(answer.value);
  throw noneOr(id, answer, "cannot be asked what it uses");
}

/** Throws `invalid` where it does neither. */
async function runningState(engine: Engine, id: string, signal: AbortSignal): Promise<"running" | "paused"> {
  const answer = await engine.ask({ method: "GET", path: `/containers/${id}/json`, signal }, inspectedContainer);
  if (answer.kind === "refused") throw noneOr(id, answer, "cannot be looked at");
  const { Status: status } = answer.value.State;
  if (status === "running" || status === "paused") return status;
  throw new ProviderError("invalid", `container ${id.slice(0, 12)} does not run`);
}

function noneOr(id: string, answer: Refusal, doing: string): ProviderError {
  const short = id.slice(0, 12);
  if (answer.status === 404) return new ProviderError("invalid", `there is no container ${short}`);
  return refused(`container ${short} ${doing}`, answer);
}
