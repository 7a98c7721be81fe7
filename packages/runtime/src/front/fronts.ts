/** The files of a stack whose content names the members of groups: one keeper for each, and none for what is let go. */
import { type MusterError, ownOf, type Stack } from "@muster/model";
import { type Catalog, type ClaimedProvider, ProviderError, type Type } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import type { Clock } from "../ports.ts";
import { type GivenSettings, type Providers, settingsFor } from "../providers.ts";
import { isDraftPath, OWNER, pathsOf } from "./claims.ts";
import type { RunCommand } from "./command.ts";
import type { StandingOf } from "./drawn.ts";
import { type Front, keepFront } from "./front.ts";
import { released } from "./told.ts";

export interface Fronts {
  /** What is declared from now on; undefined: nothing. Files that are not any more are let go, and stay. */
  assign(stack: Stack | undefined): Promise<void>;
  /** Members of the group may have come or gone. */
  wake(group: string): void;
  wakeAll(): void;
  /** Resolves when no file sends anybody to the member any more; or never, if the signal comes first. Undefined: none did. */
  withdrawn(group: string, id: string, signal: AbortSignal): Promise<void> | undefined;
  /** Does what is due still, where it is given time: then a file says what its groups have come to. */
  close(graceMs?: number): Promise<void>;
}

export interface FrontsDeps {
  readonly stack: string;
  readonly store: Store;
  write(writes: Writes): Promise<void>;
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly settings: GivenSettings;
  readonly standingOf: StandingOf;
  readonly clock: Clock;
  readonly run: RunCommand;
  onLost(error: MusterError): void;
  onTrouble(thrown: unknown): void;
}

/** What is under way when a file is let go may take so long. */
const GRACE_MS = 10_000;

export function keepFronts(deps: FrontsDeps): Fronts {
  const { stack: name, store, catalog, providers, settings } = deps;
  const fronts = new Map<string, Front>();
  let stack: Stack | undefined;
  let unlisten: { readonly type: Type; readonly settings: string; readonly end: () => void } | undefined;

  async function open(): Promise<ClaimedProvider> {
    const type = catalog.type("file", "muster");
    if (type === undefined) throw new ProviderError("unavailable", "there is no type `file`");
    const own = settingsFor(type, stack?.providers ?? {}, settings);
    const provider = await providers.open(type, own);
    const word = JSON.stringify(own);
    if (unlisten?.type !== type || unlisten.settings !== word) {
      unlisten?.end();
      unlisten = { type, settings: word, end: providers.listen(type, own, wakeAll) };
    }
    if (provider.known === "claim") return provider;
    throw new ProviderError("invalid", "things of this type `file` are not known by their names");
  }

  function wakeAll(): void {
    for (const front of fronts.values()) front.wake();
  }

  async function assign(next: Stack | undefined): Promise<void> {
    stack = next;
    const files = next?.fronts ?? {};
    const gone = [...fronts].filter(([path]) => ownOf(files, path) === undefined);
    for (const [path] of gone) fronts.delete(path);
    for (const [path, file] of Object.entries(files)) {
      const task = { file, mode: next?.mode ?? "enforce" };
      const known = fronts.get(path);
      if (known === undefined) fronts.set(path, keepFront(task, { ...deps, open }));
      else known.assign(task);
    }
    await Promise.all(gone.map(([, front]) => front.stop(GRACE_MS)));
    await release(pathsOf(next));
  }

  /** Gives up what is claimed and not declared, also what was let go while nobody was there. */
  async function release(declared: ReadonlySet<string>): Promise<void> {
    // Where there are no files, there are no claims on any.
    if (catalog.type("file", "muster") === undefined) return;
    const claims = await store.claims(name, OWNER);
    const release = claims.filter(({ id }) => !declared.has(id));
    if (release.length === 0) return;
    const events = release.flatMap(({ id }) => (isDraftPath(id) ? [] : [released(id)]));
    await deps.write({ release, events });
  }

  return {
    async assign(next) {
      try {
        await assign(next);
      } catch (thrown) {
        // The next declaration, or the next start, gives up what could not be given up now.
        deps.onTrouble(thrown);
      }
    },
    wake(group) {
      for (const front of fronts.values()) if (front.names(group)) front.wake();
    },
    wakeAll,
    withdrawn(group, id, signal) {
      const awaited = [...fronts.values()].flatMap((front) => front.withdrawn(group, id, signal) ?? []);
      return awaited.length === 0 ? undefined : Promise.all(awaited).then(() => undefined);
    },
    async close(graceMs = GRACE_MS) {
      await Promise.all([...fronts.values()].map((front) => (graceMs > 0 ? front.finish(graceMs) : front.stop(0))));
      unlisten?.end();
    },
  };
}
