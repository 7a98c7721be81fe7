/**
 * Visits that last longer than a pass. A pass does not wait for one that does not come to its end: it goes on by itself, the
 * others are seen to again meanwhile, and when it has ended the next pass is due.
 */
import { type Address, UNKNOWN } from "@muster/model";
import type { Clock } from "../ports.ts";
import type { Visited } from "./visited.ts";

export interface Lasting {
  /** One of an earlier pass has not ended yet. */
  isUnderWay(address: Address): boolean;
  /** Why one could not be looked at, where that was found out after its pass; it is told once. */
  blindness(address: Address): Visited | undefined;
  /** A pass begins. */
  patience(): Patience;
  /** Resolves when all have ended. */
  ended(): Promise<unknown>;
}

/** How long a pass waits for what begins with it. */
export interface Patience {
  /** The visit; or, where it takes too long, that it goes on. */
  with(address: Address, visit: Promise<Visited>): Promise<Visited>;
  /** The pass has ended. */
  end(): void;
}

export interface LastingDeps {
  readonly clock: Clock;
  /** Nobody is waited for any more. */
  readonly letGo: AbortSignal;
  /** One has ended that its pass had not waited for. */
  onLate(word: string, visited: Visited): void;
  onLateFailure(thrown: unknown): void;
}

/** So long a pass waits for what it has begun, in milliseconds. */
const PATIENCE_MS = 5_000;

export function lastingVisits({ clock, letGo, onLate, onLateFailure }: LastingDeps): Lasting {
  const underWay = new Map<Address, Promise<unknown>>();
  const blind = new Map<Address, Visited>();

  function cameLate(word: string, visited: Visited): void {
    // Another look would take as long: what this one has come to counts.
    if (visited.end.kind === "untold") blind.set(word, visited);
    onLate(word, visited);
  }

  return {
    isUnderWay: (address) => underWay.has(address),
    blindness(address) {
      const visited = blind.get(address);
      blind.delete(address);
      return visited;
    },
    patience() {
      const { over, end } = patienceWith(clock, letGo);
      return {
        with(address, visit) {
          let isLate = false;
          const isOver = () => {
            underWay.delete(address);
            return isLate;
          };
          const ended = visit.then(
            (visited) => (isOver() ? cameLate(address, visited) : undefined),
            (thrown) => (isOver() ? onLateFailure(thrown) : undefined),
          );
          underWay.set(address, ended);
          const late = over.then(() => {
            isLate = true;
            return goesOn(address);
          });
          return Promise.race([visit, late]);
        },
        end,
      };
    },
    ended: () => Promise.all(underWay.values()),
  };
}

function patienceWith(clock: Clock, letGo: AbortSignal): { readonly over: Promise<void>; readonly end: () => void } {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(letGo.aborted ? 0 : PATIENCE_MS, resolve);
  const giveUp = () => resolve();
  letGo.addEventListener("abort", giveUp);
  return {
    over,
    end() {
      cancel();
      letGo.removeEventListener("abort", giveUp);
    },
  };
}

/** What is said of one that has not ended. When it has, it is seen to at once: nobody has to look whether it has. */
export function goesOn(address: Address): Visited {
  const end = { kind: "waiting", message: "what was begun goes on", until: Number.POSITIVE_INFINITY } as const;
  return { address, end, valueOf: () => UNKNOWN, secret: new Set(), changed: false, notify: [] };
}
