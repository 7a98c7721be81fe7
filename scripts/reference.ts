/** `npm run reference`: writes the pages of docs/reference that are generated from the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./reference/pages.ts";

for (const [name, text] of Object.entries(await pages())) {
  writeFileSync(join(import.meta.dirname, "../docs/reference", name), text);
  console.log(`docs/reference/${name}`);
}
