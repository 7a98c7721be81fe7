/** One place where a plugin may answer: connects, asks every second whether it still answers, and says what it serves. */
import { MusterError, messageOf } from "@muster/model";
import { connectPlugin, type Flavor, type PluginConnection, pluginName, type Type } from "@muster/plugin";
import type { Clock } from "@muster/runtime";
import type { PluginState, PluginView } from "../api.ts";
import { pluginStateAfter } from "../plugin-state.ts";
import { type Gate, gatedFlavor, gatedType, openGate } from "./gate.ts";

/** What a plugin serves. It stays the plugin's while the plugin is away: nobody else takes over its things. */
export interface Serving {
  readonly dialect: PluginConnection["dialect"];
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
}

export interface SupervisedPlugin {
  readonly name: string;
  /** Undefined until it has answered for the first time. */
  serving(): Serving | undefined;
  /** Undefined when nothing lies there any more. */
  view(): PluginView | undefined;
  /** What lies there now: something new, the same as before, or nothing. */
  found(identity: string | undefined): void;
  /** Resolves when what lies there has been asked once. */
  asked(): Promise<void>;
  close(): void;
}

export interface PluginDeps {
  readonly clock: Clock;
  /** Something came, went or was replaced, hangs or answers again. */
  onChange(message: string): void;
}

const PROBE_MS = 1_000;
/** A socket lies there a moment before anybody listens: so often, and so close together, it is asked without a word. */
const FIRST_PROBES_MS = 100;
const FIRST_PROBES = 10;

export function superviseAt(path: string, { clock, onChange }: PluginDeps): SupervisedPlugin {
  const name = pluginName(path);
  let identity: string | undefined;
  let over = new AbortController();
  let gate: Gate = openGate();
  let connection: PluginConnection | undefined;
  let serving: Serving | undefined;
  let state: PluginState | "gone" = "gone";
  let detail: string | undefined;
  let asking: Promise<void> = Promise.resolve();

  function found(next: string | undefined): void {
    if (next === identity) return;
    identity = next;
    over.abort();
    over = new AbortController();
    const why = next === undefined ? "its socket is gone" : "it is being replaced";
    leave(new MusterError("plugin.unreachable", { name, socket: path, detail: why }));
    if (next === undefined) enter("gone", undefined);
    else {
      state = "connecting";
      asking = supervise(over.signal);
    }
  }

  /** Asks once, and from then on by itself until the signal. */
  async function supervise(signal: AbortSignal, count = 1): Promise<void> {
    const isNew = count <= FIRST_PROBES;
    await ask(signal, isNew);
    if (signal.aborted) return;
    const pause = connection === undefined && isNew ? FIRST_PROBES_MS : PROBE_MS;
    const cancel = clock.after(pause, () => void supervise(signal, count + 1));
    signal.addEventListener("abort", cancel, { once: true });
  }

  async function ask(signal: AbortSignal, isNew: boolean): Promise<void> {
    try {
      if (connection === undefined) await connect(signal);
      else await connection.probe();
    } catch (thrown) {
      if (!signal.aborted) fail(thrown, isNew);
      return;
    }
    if (signal.aborted) return;
    gate.open();
    enter("connected", undefined);
  }

  async function connect(signal: AbortSignal): Promise<void> {
    const made = await connectPlugin(path);
    if (signal.aborted) {
      made.close();
      return;
    }
    connection = made;
    const fresh = openGate();
    gate = fresh;
    serving = {
      dialect: made.dialect,
      types: made.types.map((type) => gatedType(type, fresh)),
      flavors: made.flavors.map((flavor) => gatedFlavor(flavor, fresh)),
    };
  }

  function fail(thrown: unknown, isNew: boolean): void {
    const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    const after = pluginStateAfter(thrown);
    const next = after === "stale" && isNew && state === "connecting" ? "connecting" : after;
    // One that hangs may answer again, and goes on with what it had begun; behind a dead socket nobody does.
    if (after === "stale") leave(error);
    else gate.shut(error);
    enter(next, error.message);
  }

  function leave(why: Error): void {
    gate.shut(why);
    connection?.close();
    connection = undefined;
  }

  function enter(next: PluginState | "gone", why: string | undefined): void {
    const changed = next !== state;
    state = next;
    detail = why;
    if (changed) onChange(sentence(name, next, why));
  }

  return {
    name,
    serving: () => serving,
    view() {
      if (state === "gone") return undefined;
      const { types, flavors } = connection === undefined ? NOTHING : (serving ?? NOTHING);
      return {
        name,
        state,
        socket: path,
        ...(connection === undefined ? {} : { dialect: connection.dialect }),
        ...(connection?.version === undefined ? {} : { version: connection.version }),
        types: types.map(shown),
        flavors: flavors.map(shown),
        ...(detail === undefined ? {} : { detail }),
      };
    },
    found,
    asked: () => asking,
    close() {
      over.abort();
      connection?.close();
    },
  };
}

const NOTHING = { types: [], flavors: [] } as const;

function shown({ name, summary }: { readonly name: string; readonly summary: string }) {
  return { name, summary };
}

function sentence(name: string, state: PluginState | "gone", why: string | undefined): string {
  switch (state) {
    case "connected":
      return `plugin ${name} answers`;
    case "gone":
      return `plugin ${name} is gone`;
    case "built-in":
    case "connecting":
      return `plugin ${name} is there`;
    case "stale":
    case "hangs":
    case "refused":
      return why ?? `plugin ${name} does not answer`;
  }
}
