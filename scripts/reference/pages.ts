import { errorsPage } from "./errors.ts";
import { typesPage } from "./types.ts";
import { wirePage } from "./wire.ts";

const GENERATED = "<!-- Generated from the code by `npm run reference`. -->\n\n";

/** File name in docs/reference → its text. */
export function pages(): Readonly<Record<string, string>> {
  return {
    "errors.md": GENERATED + errorsPage(),
    "types.md": GENERATED + typesPage(),
    "wire.md": GENERATED + wirePage(),
  };
}
