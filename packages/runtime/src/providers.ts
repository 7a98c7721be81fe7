import { hashJson, type JsonObject, MusterError, messageOf } from "@muster/model";
import {
  type Io,
  type Provider,
  ProviderError,
  readSettings,
  type TaskProvider,
  type TaskType,
  type Type,
} from "@muster/plugin";

export { type GivenSettings, settingsFor } from "@muster/plugin";

/** A provider that was opened, and who wants to hear its hints. */
interface Opened {
  readonly key: string;
  readonly type: Type;
  readonly provider: Promise<Provider>;
  readonly listeners: Set<() => void>;
  readonly over: AbortController;
}

/** The providers of one stack, each opened once and shared by its groups. */
export interface Providers {
  open(type: Type, settings: JsonObject): Promise<Provider>;
  openTask(type: TaskType, settings: JsonObject): Promise<TaskProvider>;
  /** Calls `wake` on every hint of the provider; returns the end of it. */
  listen(type: Type, settings: JsonObject, wake: () => void): () => void;
  close(): Promise<void>;
}

/** How a provider is opened, with settings that were read. */
export type Opener = (type: Type, settings: JsonObject, io: Io) => Promise<Provider>;

const toWork: Opener = (type, settings, io) => type.open(settings, io);

/** For whoever changes nothing: no directory is made for it. */
export const toLook: Opener = (type, settings, io) =>
  type.known === "tags" && type.openToLook !== undefined ? type.openToLook(settings, io) : type.open(settings, io);

export function openProviders(io: Io, open: Opener = toWork): Providers {
  const opened = new Map<string, Opened>();
  /** They hear the hints of whatever provider is opened under their key, also after one could not be. */
  const listeners = new Map<string, Set<() => void>>();
  const tasks = new Map<string, Promise<TaskProvider>>();

  function find(type: Type, settings: JsonObject): Opened {
    const key = `${type.name} ${hashJson(settings)}`;
    const known = opened.get(key);
    if (known?.type === type) return known;
    if (known !== undefined) void letGo(known);
    const over = new AbortController();
    const hearing = listeners.get(key) ?? new Set();
    listeners.set(key, hearing);
    const provider = openOne(type, settings, io, open);
    const entry: Opened = { key, type, provider, listeners: hearing, over };
    opened.set(key, entry);
    provider.then(
      (it) => {
        if (!over.signal.aborted) it.watch?.(() => wakeAll(hearing), over.signal);
      },
      () => {
        // Whoever asked for it hears the reason; the next one who asks tries again.
        if (opened.get(key) === entry) opened.delete(key);
      },
    );
    return entry;
  }

  return {
    open: (type, settings) => find(type, settings).provider,
    openTask(type, settings) {
      const key = `${type.name} ${hashJson(settings)}`;
      const known = tasks.get(key);
      if (known !== undefined) return known;
      const provider = type.open(readSettings(type.name, type.settings, settings), io);
      tasks.set(key, provider);
      // Whoever asked hears the reason; the next one who asks tries again.
      provider.catch(() => tasks.delete(key));
      return provider;
    },
    listen(type, settings, wake) {
      const { listeners: hearing } = find(type, settings);
      hearing.add(wake);
      return () => hearing.delete(wake);
    },
    async close() {
      const all = [...opened.values()];
      opened.clear();
      const done = await Promise.allSettled(tasks.values());
      tasks.clear();
      await Promise.all([
        ...all.map(letGo),
        ...done.map(async (each) => (each.status === "fulfilled" ? each.value.close?.() : undefined)),
      ]);
    },
  };
}

function wakeAll(listeners: ReadonlySet<() => void>): void {
  for (const wake of listeners) wake();
}

async function letGo({ provider, over }: Opened): Promise<void> {
  over.abort();
  const [result] = await Promise.allSettled([provider]);
  if (result.status === "fulfilled") await result.value.close?.();
}

async function openOne(type: Type, settings: JsonObject, io: Io, open: Opener): Promise<Provider> {
  const read = readSettings(type.name, type.settings, settings);
  try {
    return await open(type, read, io);
  } catch (thrown) {
    if (thrown instanceof ProviderError || thrown instanceof MusterError) throw thrown;
    throw new ProviderError("unavailable", messageOf(thrown), { cause: thrown });
  }
}
