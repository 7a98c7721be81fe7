import { existsSync } from "node:fs";
import { memoryStore, openSqliteStore, type Store, storePath } from "@muster/store";
import type { Cli } from "../cli.ts";

/** Where there is none nothing is known, and none is made. */
export function storeToRead({ env }: Pick<Cli, "env">): Store {
  const path = storePath(env);
  return existsSync(path) ? openSqliteStore(path) : memoryStore();
}
