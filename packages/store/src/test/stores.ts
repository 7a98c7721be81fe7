/** What the tests of every store share. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventDraft } from "@muster/model";
import { afterEach, beforeEach, describe } from "vitest";
import type { Holder, Store } from "../contract.ts";
import { memoryStore } from "../memory.ts";
import { openSqliteStore } from "../sqlite/store.ts";

export const NOW = 1_700_000_000_000;

/** Says statements of every kind of store; `present` gives the one that was opened for the statement. */
export function describeEveryStore(about: string, statements: (present: () => Store) => void): void {
  const kinds: readonly [string, (directory: string) => Store][] = [
    ["memory", () => memoryStore()],
    ["SQLite", (directory) => openSqliteStore(join(directory, "store.sqlite"))],
  ];
  describe.each(kinds)(`in %s, ${about}`, (_, open) => {
    let directory: string;
    let store: Store;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "store-"));
      store = open(directory);
    });
    afterEach(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });
    statements(() => store);
  });
}

export const holder = (pid: number): Holder => ({
  pid,
  started: "1",
  boot: "boot",
  namespace: "pid:[1]",
  socket: `/run/${pid}.sock`,
  command: "serve",
});
export const living = async () => true;
export const dead = async () => false;

export const event = (message: string, more: Partial<EventDraft> = {}): EventDraft => ({
  type: "instance.created",
  group: "web",
  actor: "muster",
  cause: "intentional",
  message,
  ...more,
});
