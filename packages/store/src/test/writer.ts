/** Writes batch after batch, as fast as it can, and says which one was acknowledged. Never ends by itself. */
import type { EventDraft } from "@muster/model";
import { isAlive, thisProcess } from "../alive.ts";
import { openSqliteStore } from "../sqlite/store.ts";

const BATCH = 25;

const store = openSqliteStore(process.argv[2] ?? "");
const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);

for (let batch = Number((await store.memory("shop", "web")) ?? 0) + 1; ; batch++) {
  const claims = [
    { type: "file", scope: "host", id: `/${batch}`, mark: { stack: "shop", owner: "web", revision: "r" } },
  ];
  await store.write(lease, { memory: { web: batch }, claim: claims, events: eventsOf(batch) }, batch);
  process.stdout.write(`${batch}\n`);
}

function eventsOf(batch: number): readonly EventDraft[] {
  return Array.from({ length: BATCH }, (_, i) => ({
    type: "instance.created",
    group: "web",
    actor: "muster",
    cause: "intentional",
    message: `made instance ${batch}-${i}`,
    after: batch,
  }));
}
