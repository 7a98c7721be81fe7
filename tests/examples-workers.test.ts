/** A pool of workers that is scaled while it works, as examples/workers has it: the real command, real processes and files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ExampleRoom, openExample, until, type Watch } from "./support/example-room.ts";
import { environmentOf, pidsAtHome, wordsOf } from "./support/left-behind.ts";

const JOBS = Array.from({ length: 40 }, (_, job) => `job-${job}`);

it("does every job once, while it grows from two to five and shrinks to one", { timeout: 120_000 }, async () => {
  const { room, said } = openPool();
  await until(() => done(room).length >= 4, said);
  await room.muster("group", "scale", "workers", "5");
  await until(async () => (await workersOf(room)) === 5, said);
  await until(() => done(room).length >= 16, said);
  await room.muster("group", "scale", "workers", "1");
  expect(done(room).length).toBeLessThan(JOBS.length);
  await until(() => said().includes("1 of 1 as declared"), said);
  await until(() => done(room).length === JOBS.length, said);

  expect(jobsIn(room, "ledger").toSorted()).toEqual(JOBS.toSorted());
  expect(jobsIn(room, "waiting")).toEqual([]);
  expect(readdirSync(join(room.folder, "jobs/taken")).flatMap((place) => jobsIn(room, `taken/${place}`))).toEqual([]);
  // Five had jobs in their hands, and all were let end them.
  expect(new Set(ledger(room).map((line) => line.split(" ").at(-1)))).toHaveProperty("size", 5);
  expect(said()).not.toContain("by force");
  expect(await workersOf(room)).toBe(1);
});

it("takes up the job of one that was killed with -9", { timeout: 120_000 }, async () => {
  const { room, said } = openPool();
  const worker = await until(() => {
    const found = pidsAtHome(room.home).find((pid) => wordsOf(pid).slice(1).join() === "worker.mjs");
    const place = found === undefined ? undefined : environmentOf(found)["PLACE"];
    return found !== undefined && jobsIn(room, `taken/${place}`).length > 0 && found;
  }, said);
  process.kill(worker, "SIGKILL");
  await until(() => said().includes("killed by SIGKILL"), said);
  await until(() => done(room).length === JOBS.length, said);
  expect(done(room).toSorted()).toEqual(JOBS.toSorted());
});

function openPool(): { readonly room: ExampleRoom; readonly said: Watch["said"] } {
  const room = openExample("workers");
  room.edit("pool.yaml", "/srv/pool", room.folder);
  mkdirSync(join(room.folder, "jobs/waiting"), { recursive: true });
  for (const job of JOBS) writeFileSync(join(room.folder, "jobs/waiting", job), `the text of ${job}\n`);
  return { room, said: room.watch("pool.yaml").said };
}

const done = (room: ExampleRoom) => jobsIn(room, "done");

/** In the order of the directory; of the ledger in the order in which they were done. */
function jobsIn(room: ExampleRoom, place: string): readonly string[] {
  if (place === "ledger") return ledger(room).map((line) => line.split(" ")[0] ?? "");
  const folder = join(room.folder, "jobs", place);
  return existsSync(folder) ? readdirSync(folder) : [];
}

function ledger({ folder }: ExampleRoom): readonly string[] {
  return readFileSync(join(folder, "jobs/ledger"), "utf8").trim().split("\n");
}

async function workersOf(room: ExampleRoom): Promise<number> {
  return (await room.muster("instance", "ls", "workers")).match(/ ready /g)?.length ?? 0;
}
