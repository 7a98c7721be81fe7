/** Looks at containers: a list for each look, and a closer look at those that changed since the last one. */
import { bears, type Observed, type Tags } from "@muster/model";
import {
  type InspectedContainer,
  inspectedContainer,
  type ListedContainer,
  listedContainers,
} from "./engine/answers.ts";
import type { Engine } from "./engine/engine.ts";
import { refused } from "./failure.ts";
import { inTurns } from "./in-turns.ts";
import type { ContainerProperties } from "./properties.ts";
import { observedOf } from "./state.ts";

export type ObservedContainer = Observed<ContainerProperties>;

export interface Looks {
  /** All that bear these tags, as they are now. */
  all(by: Tags, signal: AbortSignal): Promise<readonly ObservedContainer[]>;
  /** The one; undefined when it is gone. */
  one(id: string, signal: AbortSignal): Promise<ObservedContainer | undefined>;
  /** It may have changed in a way that a list does not show. Without an id: all may have. */
  forget(id?: string): void;
}

/** So many are looked at closely at once. */
const AT_ONCE = 8;
/** More are not remembered: those that went without a word would gather. */
const MOST = 10_000;

interface Remembered {
  /** How the list showed it. */
  readonly shown: string;
  /** Missing while it is being looked at. */
  readonly container?: InspectedContainer;
}

/** @param isBeingMade whether a create of this name is under way here */
export function looksAt(engine: Engine, isBeingMade: (name: string) => boolean): Looks {
  const remembered = new Map<string, Remembered>();

  const closer = async (listed: ListedContainer, signal: AbortSignal): Promise<InspectedContainer | undefined> => {
    const { Id: id } = listed;
    const shown = shownBy(listed);
    const known = remembered.get(id);
    if (known?.container !== undefined && known.shown === shown && tellsEnough(listed, known.container)) {
      return known.container;
    }
    if (remembered.size >= MOST) remembered.clear();
    const place: Remembered = { shown };
    remembered.set(id, place);
    const container = await inspect(engine, id, signal);
    // One that changed meanwhile was forgotten, and must not be remembered as it was before.
    if (remembered.get(id) === place) {
      if (container === undefined) remembered.delete(id);
      else remembered.set(id, { shown, container });
    }
    return container;
  };

  const observed = (container: InspectedContainer) =>
    observedOf(container, {
      beingMade: isBeingMade(nameOf(container.Name)),
      tellsMemory: engine.tellsMemory(),
    });

  return {
    async all(by, signal) {
      const listed = await list(engine, by, signal);
      const found = await inTurns(listed, AT_ONCE, (each) => closer(each, signal));
      return found
        .flatMap((each) => each ?? [])
        .map(observed)
        .filter(({ tags }) => bears(tags, by));
    },
    async one(id, signal) {
      const container = await inspect(engine, id, signal);
      return container === undefined ? undefined : observed(container);
    },
    forget(id) {
      if (id === undefined) remembered.clear();
      else remembered.delete(id);
    },
  };
}

async function inspect(engine: Engine, id: string, signal: AbortSignal): Promise<InspectedContainer | undefined> {
  const path = `/containers/${encodeURIComponent(id)}/json`;
  const answer = await engine.ask({ method: "GET", path, signal }, inspectedContainer);
  if (answer.kind === "answered") return answer.value;
  if (answer.status === 404) return undefined;
  throw refused(`container ${id.slice(0, 12)} cannot be looked at`, answer);
}

async function list(engine: Engine, by: Tags, signal: AbortSignal): Promise<readonly ListedContainer[]> {
  const path = `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: labelsOf(by) }))}`;
  const answer = await engine.ask({ method: "GET", path, signal }, listedContainers);
  if (answer.kind === "answered") return answer.value;
  throw refused("the containers cannot be listed", answer);
}

/**
 * Tags that every engine compares letter by letter. Those with other signs in them are compared here alone: engines differ
 * in what they make of an empty value, a blank or a star.
 */
export function labelsOf(by: Tags): readonly string[] {
  return Object.entries(by).flatMap(([key, value]) =>
    PLAIN.test(key) && PLAIN.test(value) ? [`${key}=${value}`] : [],
  );
}

const PLAIN = /^[a-zA-Z0-9_./:-]+$/;

/** What of a list changes when a container does. How long it has been up changes always, and says nothing. */
function shownBy({ Names, State, Status }: ListedContainer): string {
  return [State, healthIn(Status), ...(Names ?? [])].join(" ");
}

/** `starting`, `healthy` or `unhealthy`: only Docker writes it into the list. */
function healthIn(status: string | null | undefined): string {
  return /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(status ?? "")?.[1] ?? "";
}

/** False where a container's life goes on and the list does not show how. */
function tellsEnough({ State, Status }: ListedContainer, { State: known }: InspectedContainer): boolean {
  if (State === "created") return false;
  const hasHealth = Boolean(known.Health?.Status) && known.Health?.Status !== "none";
  return State !== "running" || !hasHealth || healthIn(Status) !== "";
}

function nameOf(name: string): string {
  return name.replace(/^\//, "");
}
