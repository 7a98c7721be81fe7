// A worker: takes jobs, which are files, one at a time. Asked to drain, it takes no more, and answers when its hands are empty.
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as pass } from "node:timers/promises";

const { PLACE = "0", PORT = "3000", JOB_MS = "250" } = process.env;
const [waiting, taken, done] = ["jobs/waiting", `jobs/taken/${PLACE}`, "jobs/done"];

for (const folder of [waiting, taken, done]) await mkdir(folder, { recursive: true });
// Whoever had this place before may have been killed over a job.
for (const job of await readdir(taken)) await rename(`${taken}/${job}`, `${waiting}/${job}`);

let isLeaving = false;
const allDone = work();

async function work() {
  while (!isLeaving) {
    const job = await takeOne();
    if (job === undefined) await pass(100);
    else await carryOut(job);
  }
}

async function takeOne() {
  for (const job of await readdir(waiting)) {
    // Of all who try, one has it.
    const isMine = await rename(`${waiting}/${job}`, `${taken}/${job}`).then(
      () => true,
      () => false,
    );
    if (isMine) return job;
  }
  return undefined;
}

async function carryOut(job) {
  await pass(Number(JOB_MS));
  const sum = createHash("sha256")
    .update(await readFile(`${taken}/${job}`))
    .digest("hex");
  await appendFile("jobs/ledger", `${job} ${sum.slice(0, 12)} by worker ${PLACE}\n`);
  await rename(`${taken}/${job}`, `${done}/${job}`);
  console.log(`did ${job}`);
}

async function leave() {
  isLeaving = true;
  await allDone;
}

const server = createServer(async (request, response) => {
  if (request.method === "POST" && request.url === "/drain") await leave();
  response.end(isLeaving ? "leaving\n" : "working\n");
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`worker ${PLACE} works`));

process.once("SIGTERM", async () => {
  await leave();
  server.close();
});
