import type { Inspector } from "./inspector.ts";
import type { Daemon, DaemonOptions } from "./options.ts";
import type { Planner, PlannerOptions } from "./planner.ts";

/**
 * Starts what keeps stacks and answers on a socket. Throws `stack.held` (one of the stacks it was given is another
 * process's), `daemon.held` (another Muster serves the socket), `daemon.socket-path` or `daemon.unsafe-directory`.
 *
 * What serves is loaded here and not before: a command that only asks must begin in a blink.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { openDaemon } = await import("./daemon.ts");
  return openDaemon(options);
}

/** Makes ready what plans where no Muster runs. */
export async function openPlanner(options: PlannerOptions): Promise<Planner> {
  const { assemblePlanner } = await import("./planner.ts");
  return assemblePlanner(options);
}

/** Makes ready what asks about types and things where no Muster needs to run. */
export async function openInspector(options: PlannerOptions): Promise<Inspector> {
  const { assembleInspector } = await import("./inspector.ts");
  return assembleInspector(options);
}
