/** Exchanges the directory `dir` and the link `link` below a root, to and fro, until it is ended. */
import { renameSync } from "node:fs";

const [root] = process.argv.slice(2);
process.send?.("begun");
for (let round = 0; ; round++) {
  rename("dir", `aside-${round}`);
  rename("link", "dir");
  rename("dir", "link");
  rename(`aside-${round}`, "dir");
}

function rename(from: string, to: string): void {
  try {
    renameSync(`${root}/${from}`, `${root}/${to}`);
  } catch {
    // The one who is attacked made the directory anew just then: it is exchanged the next time round.
    return;
  }
}
