import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { EventDraft } from "@muster/model";
import { type EventQuery, isAlive, openSqliteStore, type Store, thisProcess } from "@muster/store";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const EVENTS = 1_000_000;
const AT_ONCE = 10_000;
const STACKS = 10;
const GROUPS = 10;
/** As many as `muster history` shows. */
const PAGE = 50;
const ROUNDS = 200;

/** One page of the history of one group out of a million events, beside as many rows by their primary key. */
export async function history(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const path = join(folder, "store.sqlite");
    const store = openSqliteStore(path);
    await fill(store);
    const bare = await barely(path);
    const rows = [
      await measure(store, bare, "the newest page", () => ({ newestFirst: true })),
      await measure(store, bare, "a page anywhere", () => ({ newestFirst: true, before: anyPlace() })),
      await measure(store, bare, "a page since a time", () => ({ since: anyPlace(), after: 0 })),
    ];
    await store.close();
    return rows;
  });
}

async function measure(store: Store, bare: number, what: string, part: () => EventQuery): Promise<Row> {
  const times: number[] = [];
  for (let each = 0; each < ROUNDS; each++) {
    const query = { stack: `stack-${each % STACKS}`, group: `group-${each % GROUPS}`, limit: PAGE, ...part() };
    const start = performance.now();
    const page = await store.events(query);
    times.push(performance.now() - start);
    if (page.length === 0) throw new Error(`${what} is empty`);
  }
  const ours = median(times);
  return {
    what: `history of one group out of ${EVENTS} events, ${what} of ${PAGE}`,
    ours: `${round(ours)} ms`,
    compared: `${PAGE} rows by primary key: ${round(bare)} ms`,
    figure: ours,
    bound: 10,
    unit: "ms",
  };
}

/** The same file, the same columns, the same number of rows; and as much of them as every reader must read. */
async function barely(path: string): Promise<number> {
  const db = new DatabaseSync(path, { readOnly: true });
  const read = db.prepare("SELECT place, hash, body FROM events WHERE place > ? ORDER BY place LIMIT ?");
  const times: number[] = [];
  for (let each = 0; each < ROUNDS; each++) {
    const start = performance.now();
    const rows = read.all(anyPlace(), PAGE).map((row) => JSON.parse(String(row["body"])));
    times.push(performance.now() - start);
    if (rows.length === 0) throw new Error("nothing was read");
  }
  db.close();
  return median(times);
}

/** Never among the last tenth, where a page might not be full. */
function anyPlace(): number {
  return Math.floor(EVENTS * (0.1 + 0.8 * Math.random()));
}

/** Written as Muster writes: chained, in the store's own transactions; the times are the places. */
async function fill(store: Store): Promise<void> {
  const leases = await Promise.all(
    Array.from({ length: STACKS }, (_, at) => store.acquire(`stack-${at}`, thisProcess("", "bench"), isAlive)),
  );
  for (let batch = 0; batch < EVENTS / AT_ONCE; batch++) {
    const lease = leases[batch % STACKS];
    if (lease === undefined) throw new Error("there are as many leases as stacks");
    const events = Array.from({ length: AT_ONCE }, (_, at) => eventAt(batch, at));
    await store.write(lease, { events }, batch * AT_ONCE + 1);
  }
}

function eventAt(batch: number, at: number): EventDraft {
  const instance = `instance-${batch}-${at}`;
  return {
    type: "instance.created",
    group: `group-${at % GROUPS}`,
    actor: "muster",
    cause: "corrective",
    message: `created ${instance} (missing)`,
    instance,
    slot: String(at),
    after: { revision: "r1" },
  };
}
