import { apiPage } from "./api.ts";
import { checksPage } from "./checks.ts";
import { commandsPage } from "./commands.ts";
import { errorsPage } from "./errors.ts";
import { typesPage } from "./types.ts";
import { wirePage } from "./wire.ts";

const GENERATED = "<!-- Generated from the code by `npm run reference`. -->\n\n";

/** File name in docs/reference → its text. */
export async function pages(): Promise<Readonly<Record<string, string>>> {
  return {
    "api.md": GENERATED + apiPage(),
    "checks.md": GENERATED + checksPage(),
    "commands.md": GENERATED + (await commandsPage()),
    "errors.md": GENERATED + errorsPage(),
    "types.md": GENERATED + typesPage(),
    "wire.md": GENERATED + wirePage(),
  };
}
