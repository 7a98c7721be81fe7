/** A folder of its own for each test, with everything in it that a daemon needs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore, type Store } from "@muster/store";
import { onTestFinished } from "vitest";
import { type Daemon, type DaemonOptions, type Notice, startDaemon } from "../index.ts";
import { defaultOptions } from "./options.ts";

export interface Room {
  /** A path in the room. */
  path(...parts: string[]): string;
  readonly notices: Notice[];
  /** The store that a daemon here has unless told; it is closed with the test. */
  store(): Store;
  /** Starts a daemon that ends with the test. */
  start(changes?: Partial<DaemonOptions>): Promise<Daemon>;
}

export function newRoom(): Room {
  const root = mkdtempSync(join(tmpdir(), "m-"));
  const path = (...parts: string[]) => join(root, ...parts);
  const notices: Notice[] = [];
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  function store(): Store {
    const opened = openSqliteStore(path("state", "store.sqlite"));
    onTestFinished(() => opened.close());
    return opened;
  }

  return {
    path,
    notices,
    store,
    async start(changes = {}) {
      const onNotice = (notice: Notice) => void notices.push(notice);
      const daemon = await startDaemon({ ...defaultOptions(path, changes.store ?? store()), onNotice, ...changes });
      onTestFinished(() => daemon.close());
      return daemon;
    },
  };
}
