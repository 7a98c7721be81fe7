/** Goes through a house after every kill, and remembers what it has seen and found whole. */
import { GENESIS, type Head, type JournalEntry, openSqliteStore } from "@muster/store";
import type { Disk } from "./disk.ts";
import type { House } from "./house.ts";
import {
  chainsWhole,
  createdOnce,
  creationsTold,
  everReleased,
  type Fault,
  membersSound,
  nothingOrphaned,
  nowReleased,
  ordersInHistory,
  type Sighting,
  sightingsKept,
  standingOf,
} from "./inspection.ts";
import type { Ledger } from "./ledger.ts";
import { STACKS } from "./orders.ts";
import { type Records, readRecords, readStore } from "./records.ts";

export interface Inspector {
  /** The API has told of an event. */
  saw(entry: JournalEntry): void;
  /** The last place that was seen: 0 when there is none. */
  lastSeen(): number;
  /** How many members each group (`stack/group`) has. */
  counts(): ReadonlyMap<string, number>;
  /** At any moment. */
  glance(): readonly Fault[];
  /** Muster was killed: enters into the ledger how the stacks stand. */
  afterKill(): Promise<readonly Fault[]>;
  /** Muster says that all is as declared. */
  atRest(): Promise<readonly Fault[]>;
  /** Muster has ended in good order. */
  atEnd(): Promise<readonly Fault[]>;
}

export function openInspector(house: House, disk: Disk, ledger: Ledger): Inspector {
  const sightings: Sighting[] = [];
  let heads = new Map<string, Head>();
  /** Everything up to this entry was found whole. */
  let last: JournalEntry | undefined;
  let checked = 0;

  function journal(entries: readonly JournalEntry[]): readonly Fault[] {
    const [first, ...others] = entries;
    if (last === undefined) return chainsWhole(entries, heads);
    if (first?.place === last.place && first.event.hash === last.event.hash) return chainsWhole(others, heads);
    return [`the journal went on to place ${last.place}, and that entry is not there any more`];
  }

  function stacks(records: Records): readonly Fault[] {
    return ledger.pages().flatMap((page) => {
      const declaration = records.declarations.find(({ stack }) => stack === page.stack);
      const standing = standingOf(page, declaration, house.files);
      if ("fault" in standing) return standing.fault;
      const faults = ordersInHistory(page, standing.state, records.entries);
      ledger.settle(page.stack, standing.state, standing.generation);
      return faults;
    });
  }

  async function read(from: number): Promise<Records> {
    const store = openSqliteStore(house.store);
    try {
      return await readStore(store, from);
    } finally {
      await store.close();
    }
  }

  function orphans(records: Records): readonly Fault[] {
    const reality = { instances: disk.instances(), files: disk.files(), claims: records.claims };
    const states = new Map(STACKS.map((stack) => [stack, ledger.page(stack).state]));
    return [
      ...nothingOrphaned(reality, states, nowReleased(records.entries)),
      ...creationsTold(reality.instances, records.entries, everReleased(records.entries)),
      ...createdOnce(records.entries),
    ];
  }

  return {
    saw: ({ place, event: { stack, seq, hash } }) => void sightings.push({ place, event: { stack, seq, hash } }),
    lastSeen: () => sightings.at(-1)?.place ?? 0,
    counts() {
      const places = disk.instances().flatMap(({ mark }) => (mark === undefined ? [] : `${mark.stack}/${mark.owner}`));
      return new Map([...Map.groupBy(places, (place) => place)].map(([place, all]) => [place, all.length]));
    },
    glance: () => membersSound(disk.instances(), ledger.most),
    async afterKill() {
      const from = last?.place ?? 0;
      const records = await readRecords(house.store, from);
      const unchecked = sightings.slice(checked);
      checked = sightings.length;
      const faults = [
        ...sightingsKept(
          unchecked.filter(({ place }) => place >= from),
          records.entries,
        ),
        ...journal(records.entries),
        ...stacks(records),
      ];
      last = records.entries.at(-1) ?? last;
      return faults;
    },
    async atRest() {
      return orphans(await read(0));
    },
    async atEnd() {
      const records = await read(0);
      heads = new Map(STACKS.map((stack) => [stack, GENESIS]));
      return [
        ...sightingsKept(sightings, records.entries),
        ...chainsWhole(records.entries, heads),
        ...stacks(records),
        ...orphans(records),
        ...disk.workshop().map((name) => `half-written ${name} was left`),
        ...house.leftovers().map((name) => `${name} was left`),
      ];
    },
  };
}
