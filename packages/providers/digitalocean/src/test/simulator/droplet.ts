/** A droplet as the simulator keeps it; `droplet-view.ts` says what the API shows of it. */
export type DropletStatus = "new" | "active" | "off" | "archive";

export interface BackupPolicy {
  readonly plan: "daily" | "weekly";
  readonly weekday: string;
  /** Of the day, in UTC. */
  readonly hour: number;
}

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: DropletStatus;
  /** Slugs. */
  readonly region: string;
  readonly size: string;
  /** Gigabytes. A resize without the disk leaves it behind the size's own. */
  readonly disk: number;
  /** An id: a slug can come to mean another image. */
  readonly image: number;
  readonly createdAt: number;
  readonly tags: readonly string[];
  readonly hasAddresses: boolean;
  readonly ipv6: boolean;
  readonly monitoring: boolean;
  readonly privateNetworking: boolean;
  readonly publicNetworking: boolean;
  readonly vpc: string | undefined;
  readonly backups: BackupPolicy | undefined;
  readonly snapshots: readonly number[];
  /** The `shutdown` that the guest is about to follow. */
  readonly goesOff?: number;
  /** What the API takes and never gives back. */
  readonly userData: string | undefined;
  readonly sshKeys: readonly number[];
}

/** What became of all droplets, so that a list can show what was a while ago. */
export interface Ledger {
  put(droplet: Droplet, time: number): void;
  remove(id: number, time: number): void;
  get(id: number): Droplet | undefined;
  /** Those that are there, oldest first. */
  all(): readonly Droplet[];
  /** Those that were there at a time, as they were, oldest first. */
  asOf(time: number): readonly Droplet[];
}

interface Version {
  readonly from: number;
  /** Missing: it was gone. */
  readonly droplet: Droplet | undefined;
}

export function emptyLedger(): Ledger {
  const now = new Map<number, Droplet>();
  const versions = new Map<number, Version[]>();

  function note(id: number, from: number, droplet: Droplet | undefined): void {
    const known = versions.get(id) ?? [];
    known.push({ from, droplet });
    versions.set(id, known);
  }

  return {
    put(droplet, time) {
      now.set(droplet.id, droplet);
      note(droplet.id, time, droplet);
    },
    remove(id, time) {
      now.delete(id);
      note(id, time, undefined);
    },
    get: (id) => now.get(id),
    all: () => [...now.values()],
    asOf: (time) =>
      [...versions.values()].flatMap((known) => known.findLast(({ from }) => from <= time)?.droplet ?? []),
  };
}
