// Asks every address in a file for its page: all must answer with the version that is declared.
import { readFileSync } from "node:fs";

const addresses = readFileSync(process.argv[2], "utf8").trim().split("\n");
for (const address of addresses) {
  const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(5_000) });
  const text = await answer.text();
  if (answer.status !== 200 || text !== "version 1\n") throw new Error(`${address} answered ${answer.status}: ${text}`);
}
console.log(`${addresses.length} answer`);
