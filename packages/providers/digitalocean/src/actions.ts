/**
 * Actions: what is changed on a droplet that is there. The API takes one at a time for each droplet, answers before it has
 * happened, and refuses the next until then. So each droplet has a queue, and each action is followed to its end.
 */
import { ProviderError } from "@muster/plugin";
import type { DropletAction, Droplets } from "./api/droplets.ts";
import { failureOf, isBusy } from "./api/failure.ts";
import { PATIENCE_MS, type Time, until } from "./waits.ts";

export interface Actions {
  /** Runs what changes a droplet once all that was asked before of the same droplet has ended, well or not. */
  inTurn<T>(droplet: number, run: () => Promise<T>): Promise<T>;
  /**
   * Begins an action, after whatever else goes on with the droplet, and returns when it has ended well.
   *
   * @throws ProviderError `unknown` when nobody knows whether it was begun, or how it ended
   */
  perform(droplet: number, action: DropletAction, signal: AbortSignal): Promise<void>;
  /** Follows an action that has begun to its end, and tells its status then: `completed` or `errored`. */
  outcome(droplet: number, action: ActionUnderWay, signal: AbortSignal): Promise<string>;
}

export interface ActionUnderWay {
  readonly id: number;
  readonly type: string;
}

export function actionsOn(droplets: Droplets, time: Time): Actions {
  const last = new Map<number, Promise<unknown>>();

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
    return until(time, ask, late, signal);
  };

  const outcome = (droplet: number, { id, type }: ActionUnderWay, signal: AbortSignal): Promise<string> => {
    const ask = async () => {
      const seen = await droplets.action(droplet, id, signal);
      return seen === undefined || seen.status === "in-progress" ? undefined : seen.status;
    };
    const said = `${type} of droplet ${droplet} (action ${id}) has not ended within ${PATIENCE_MS / 60_000} minutes`;
    return until(time, ask, () => new ProviderError("unknown", said), signal);
  };

  return {
    outcome,
    async inTurn(droplet, run) {
      const before = last.get(droplet);
      const mine = (async () => {
        // How it ended is the business of whoever asked for it.
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
      const status = await outcome(droplet, { id, type: action.type }, signal);
      if (status === "completed") return;
      const said = `${action.type} of droplet ${droplet} (action ${id}) failed: its status is ${status}`;
      throw new ProviderError("retryable", said);
    },
  };
}
