/** What an engine's account of a container means. */
import { constants } from "node:os";
import type { Observed } from "@muster/model";
import type { InspectedContainer } from "./engine/answers.ts";
import { tagsOn } from "./name.ts";
import type { ContainerProperties } from "./properties.ts";

type State = InspectedContainer["State"];
type Life = Pick<Observed, "phase" | "reason" | "ill">;

export function observedOf(container: InspectedContainer, circumstances: Circumstances): Observed<ContainerProperties> {
  const { Id, Name, Created, Config, HostConfig, State } = container;
  return {
    id: Id,
    tags: tagsOn(Name, Config.Labels ?? {}),
    properties: {
      image: Config.Image,
      // What can be changed in place is compared with what is declared, so no limit is a limit of 0.
      memory: HostConfig.Memory ?? 0,
      cpus: (HostConfig.NanoCpus ?? 0) / 1e9,
      pids: Math.max(0, HostConfig.PidsLimit ?? 0),
    },
    since: Date.parse(Created) || 0,
    ...lifeOf(State, circumstances, HostConfig.Memory ?? 0),
  };
}

/** What the account itself does not tell. */
export interface Circumstances {
  /** The create that made it has not ended yet. */
  readonly beingMade: boolean;
  /** Whether the engine says for certain that memory ran out. */
  readonly tellsMemory: boolean;
}

/** @param memory its limit in bytes; 0 is none */
export function lifeOf(state: State, { beingMade, tellsMemory }: Circumstances, memory: number): Life {
  switch (state.Status) {
    case "running":
      return runningLife(state.Health);
    case "created":
    case "configured":
    case "initialized":
      if (beingMade) return { phase: "starting", reason: "it has been made and is about to be started" };
      return { phase: "ended", reason: `it was made and never started${because(state)}` };
    case "exited":
    case "stopped":
      return { phase: "ended", reason: endOf(state, memory > 0 && !tellsMemory) };
    case "dead":
      return { phase: "ended", reason: "it is dead: the engine failed to remove it" };
    case "restarting":
    case "removing":
    case "stopping":
      return { phase: "ending", reason: `it is ${state.Status}` };
    case "paused":
      return paused(runningLife(state.Health));
    default:
      return { phase: "unknown", reason: `the engine calls it ${state.Status}` };
  }
}

function runningLife(health: State["Health"]): Life {
  if (health?.Status === "starting") return { phase: "starting", reason: "its health check has not passed yet" };
  if (health?.Status !== "unhealthy") return { phase: "running" };
  const times = health.FailingStreak ? ` ${health.FailingStreak} times in a row` : "";
  const last = health.Log?.at(-1)?.ExitCode;
  // What the check printed is not told: it may be a secret.
  const code = last === undefined ? "" : `, at last with code ${last}`;
  return { phase: "running", ill: `its health check failed${times}${code}` };
}

/** It runs, and does nothing: what was said of its health before still stands. */
function paused(life: Life): Life {
  return { ...life, reason: life.reason === undefined ? "it is paused" : `${life.reason}; it is paused` };
}

function endOf(state: State, isMemoryDoubtful: boolean): string {
  const { OOMKilled, ExitCode } = state;
  if (OOMKilled) return "killed: it had used up its memory";
  const code = ExitCode ?? 0;
  const signal = signalOf(code);
  if (signal === undefined) return `exited with code ${code}${because(state)}`;
  const perhaps = code === OOM_CODE && isMemoryDoubtful ? ": it may have used up its memory" : "";
  return `killed by ${signal} (code ${code})${perhaps}`;
}

/** The engine's own words, where it has any: the beginning of them. */
function because({ Error: error }: State): string {
  return error ? `: ${error.slice(0, LONGEST)}` : "";
}

const LONGEST = 300;

/** SIGKILL, as engines tell signals: by 128 and its number. */
const OOM_CODE = 137;

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}
