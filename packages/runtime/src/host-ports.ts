/** Ports of this machine, given out to members that listen: to each place of a group one of its own. */
import { fractionOf, type Mark } from "@muster/model";
import { ProviderError } from "@muster/plugin";

export interface HostPorts {
  /** A port that nobody has. The same place is given the same one again, as long as it can have it. */
  give(group: string, slot: string): string;
  /** These members of the group are there, and the ports that they bear are theirs. */
  seen(group: string, members: readonly { readonly mark: Pick<Mark, "slot" | "port"> }[]): void;
  /** The group is kept no longer. */
  forget(group: string): void;
}

/** Below what Linux gives out by itself for outgoing connections (32768 to 60999), and above what people choose. */
const FIRST = 20_000;
const SPAN = 10_000;
const ATTEMPTS = 1_000;

/**
 * @param listening ports of this machine on which somebody listens now
 * @param take takes one among others who give out ports of this machine too; false where it is another's. What was taken
 * once can be taken again
 */
export function hostPorts(
  listening: () => ReadonlySet<number>,
  take: (port: number) => boolean = () => true,
): HostPorts {
  /** By group: its places, and the port that each has or was given. */
  const groups = new Map<string, Map<string, string>>();
  const holders = new Map<string, string>();

  function hold(group: string, slot: string, port: string): void {
    const places = groups.get(group) ?? new Map<string, string>();
    groups.set(group, places.set(slot, port));
    holders.set(port, placeOf(group, slot));
  }

  return {
    give(group, slot) {
      const place = placeOf(group, slot);
      const busy = listening();
      for (const port of candidates(place, groups.get(group)?.get(slot))) {
        if ((holders.get(port) ?? place) !== place || busy.has(Number(port)) || !take(Number(port))) continue;
        hold(group, slot, port);
        return port;
      }
      throw new ProviderError("retryable", `no port from ${FIRST} to ${FIRST + SPAN - 1} is free for ${group}/${slot}`);
    },
    seen(group, members) {
      for (const { mark } of members) {
        const { slot, port } = mark;
        if (slot !== undefined && port !== undefined && groups.get(group)?.get(slot) !== port) hold(group, slot, port);
      }
    },
    forget(group) {
      for (const [slot, port] of groups.get(group) ?? []) {
        if (holders.get(port) === placeOf(group, slot)) holders.delete(port);
      }
      groups.delete(group);
    },
  };
}

/** The one it had, and then always the same series. */
function* candidates(place: string, last: string | undefined): Iterable<string> {
  if (last !== undefined) yield last;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++)
    yield String(FIRST + Math.floor(fractionOf(place, attempt) * SPAN));
}

function placeOf(group: string, slot: string): string {
  return `${group}/${slot}`;
}
