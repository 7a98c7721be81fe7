/**
 * Actions: what is changed on a droplet that is there. The API takes one at a time for each droplet, answers before it has
 * happened, and refuses the next until then. So each droplet has a queue, and each action is followed to its end.
 */
import { type Io, ProviderError } from "@muster/plugin";
import type { DropletAction, Droplets } from "./api/droplets.ts";
import { failureOf, isBusy } from "./api/failure.ts";
import type { Waits } from "./waits.ts";

export interface Actions {
  /** Runs what changes a droplet once all that was asked before of the same droplet has ended, well or not. */
  inTurn<T>(droplet: number, run: () => Promise<T>): Promise<T>;
  /**
   * Begins an action, after whatever else goes on with the droplet, and returns when it has ended well.
   *
   * @throws ProviderError `unknown` when nobody knows whether it was begun, or how it ended
   */
  perform(droplet: number, action: DropletAction, signal: AbortSignal): Promise<void>;
}

/** An action, and what it waits for, may take so long each, in milliseconds: a resize takes minutes. */
const PATIENCE_MS = 600_000;
/** How it stands is asked after so long, then less and less often. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 8_000;

export function actionsOn(droplets: Droplets, io: Io, waits: Waits): Actions {
  const last = new Map<number, Promise<unknown>>();

  /** Asks again and again until there is an answer. Throws what is given when the time is up. */
  const until = async <T>(
    ask: () => Promise<T | undefined>,
    late: () => ProviderError,
    signal: AbortSignal,
  ): Promise<T> => {
    const deadline = io.now() + PATIENCE_MS;
    for (let rest = FIRST_REST_MS; ; rest = Math.min(LONGEST_REST_MS, rest * 2)) {
      const found = await ask();
      if (found !== undefined) return found;
      if (io.now() >= deadline) throw late();
      await waits.rest(rest, signal);
    }
  };

  const begun = (droplet: number, action: DropletAction, signal: AbortSignal): Promise<number> => {
    const ask = async () => {
      const answer = await droplets.act(droplet, action, signal);
      if (answer.kind === "answered") return answer.value.id;
      if (answer.status === 404) throw new ProviderError("retryable", `droplet ${droplet} is not there, or not yet`);
      // Refused is not done: it may be sent again.
      if (isBusy(answer)) return undefined;
      throw failureOf(answer);
    };
    const late = () => new ProviderError("retryable", `${action.type}: droplet ${droplet} is busy with something else`);
    return until(ask, late, signal);
  };

  const ended = async (droplet: number, action: number, type: string, signal: AbortSignal): Promise<void> => {
    const ask = async () => {
      const seen = await droplets.action(droplet, action, signal);
      return seen === undefined || seen.status === "in-progress" ? undefined : seen.status;
    };
    const said = `${type} of droplet ${droplet} (action ${action})`;
    const late = () => new ProviderError("unknown", `${said} has not ended within ${PATIENCE_MS / 60_000} minutes`);
    const status = await until(ask, late, signal);
    if (status !== "completed") throw new ProviderError("retryable", `${said} failed: its status is ${status}`);
  };

  return {
    async inTurn(droplet, run) {
      const before = last.get(droplet);
      const mine = (async () => {
        await before?.catch(() => undefined);
        return run();
      })();
      last.set(droplet, mine);
      try {
        return await mine;
      } finally {
        if (last.get(droplet) === mine) last.delete(droplet);
      }
    },

    async perform(droplet, action, signal) {
      const id = await begun(droplet, action, signal);
      await ended(droplet, id, action.type, signal);
    },
  };
}
