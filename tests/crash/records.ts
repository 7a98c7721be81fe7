/** What the store holds after a kill, read from a copy: what the kill left is for the next Muster to mend, not for us. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Claim, type Declaration, type JournalEntry, openSqliteStore, type Store } from "@muster/store";
import { KINDS } from "./orders.ts";

export interface Records {
  readonly declarations: readonly Declaration[];
  readonly claims: readonly Claim[];
  /** From a place on, oldest first. */
  readonly entries: readonly JournalEntry[];
}

/** @param from the place of the first entry that is read */
export async function readRecords(path: string, from: number): Promise<Records> {
  const directory = mkdtempSync(join(tmpdir(), "muster-copy-"));
  try {
    const copy = join(directory, "store.sqlite");
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    const store = openSqliteStore(copy);
    try {
      return await readStore(store, from);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export async function readStore(store: Store, from: number): Promise<Records> {
  const claims = await Promise.all(KINDS.map(({ stack, group }) => store.claims(stack, group)));
  return { declarations: await store.declarations(), claims: claims.flat(), entries: await readEntries(store, from) };
}

async function readEntries(store: Store, from: number): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (;;) {
    const page = await store.events({ after: entries.at(-1)?.place ?? from - 1 });
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}
