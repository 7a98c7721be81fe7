import type { reconcile } from "@muster/engine";
import type { Address, Document, Stack } from "@muster/model";
import type { Io, revealed } from "@muster/plugin";
import type { AskChecks } from "./checks/whom.ts";
import type { RunCommand } from "./front/command.ts";
import type { HostPorts } from "./host-ports.ts";

/** Time and timers, given in so that a simulator can hold the clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after so many milliseconds, never at once; returns its cancellation. */
  after(ms: number, run: () => void): () => void;
}

/** How stored documents are read and edited. The room `declaration` is this. */
export interface Grammar {
  stackOf(document: Document): Stack;
  /** The document without the group; null when nothing is left. */
  withoutGroup(document: Document, group: string): Document | null;
  /** A document of the group alone. */
  onlyGroup(document: Document, group: string): Document;
  /** A document of the resource alone: what it depends on, and whom it tells, is left out. */
  onlyResource(document: Document, address: Address): Document;
  /** The document with the group at another size. `source`: where it was declared, for the errors. */
  resize(document: Document, group: string, size: number, source: string): Document;
}

/** Everything from outside that keeping a stack needs. */
export interface Outside {
  readonly io: Io;
  readonly clock: Clock;
  /** The engine's decision unless told otherwise: a simulator counts it, and breaks it to see that this is noticed. */
  readonly decide?: Decide;
  /** Where members are given ports from; shared by the stacks of one Muster. */
  readonly hostPorts?: HostPorts;
  /** The environment that secrets of resources are looked up in; missing: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How a secret of a resource is read; missing: where it says. */
  readonly reveal?: typeof revealed;
  /** How checks are asked; missing: nobody asks them, as in a world where there is nothing to be asked. */
  readonly askChecks?: AskChecks;
  /** How commands of files that follow groups are run; missing: as programs of this machine. */
  readonly run?: RunCommand;
}

export type Decide = typeof reconcile;

/** The machine's own clock. A wait of nothing yields to what is ready, and no longer. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    if (ms <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Node's timers overflow beyond this; whoever waits longer is woken early, which is harmless. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
