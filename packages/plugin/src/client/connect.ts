import { MusterError } from "@muster/model";
import type { Flavor, Type } from "../contract.ts";
import type { Dialect } from "../infrakit/dialects.ts";
import { ITSELF } from "../infrakit/dialects.ts";
import { introduce, unlessUnknown } from "../infrakit-client/handshake.ts";
import { rpcFlavor, rpcInstance } from "../infrakit-client/rpc.ts";
import { infrakitFlavor, infrakitType } from "../infrakit-client/types.ts";
import { knows, walkthroughFlavor, walkthroughInstance } from "../infrakit-client/walkthrough.ts";
import { type Address, pluginAddress, pluginName } from "../wire/address.ts";
import { WrongField } from "../wire/fields.ts";
import { DEADLINES, type Deadlines } from "../wire/limits.ts";
import { CallError, type Caller, callerOf } from "./caller.ts";
import { flavorOf } from "./flavors.ts";
import { hello } from "./muster.ts";
import { typeOf } from "./types.ts";

export interface ConnectOptions {
  /** What the plugin is called; unless told, what its file in the plugin directory says. */
  readonly name?: string;
  /** How long answers are waited for, where it is not as usual. */
  readonly deadlines?: Partial<Deadlines>;
}

/** A plugin process, as what it serves. */
export interface PluginConnection {
  readonly name: string;
  /** Of the program behind it, where it says so. */
  readonly version: string | undefined;
  readonly dialect: Dialect;
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
  /** Asks whether it still answers, on a connection of its own. Throws `plugin.hangs`, `plugin.unreachable` or `plugin.bad-answer`. */
  probe(): Promise<void>;
  /** Lets go of it: what is being asked is given up. The plugin goes on. */
  close(): void;
}

/**
 * Finds out what answers at a file of the plugin directory (a socket, or a `.listen` file), and in which dialect.
 *
 * Throws `plugin.unreachable`, `plugin.hangs`, `plugin.bad-answer`, `plugin.too-big` or `plugin.version`.
 */
export async function connectPlugin(file: string, options: ConnectOptions = {}): Promise<PluginConnection> {
  const closing = new AbortController();
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const address: Address = await pluginAddress(file);
  const caller = callerOf(options.name ?? pluginName(file), address, deadlines, closing.signal);
  const found = await forPeople(caller, "the handshake", () => find(caller));
  return {
    name: caller.name,
    ...found,
    probe: () => forPeople(caller, "a probe", found.probe),
    close: () => closing.abort(),
  };
}

type Found = Omit<PluginConnection, "name" | "close">;

async function find(caller: Caller): Promise<Found> {
  try {
    return (await asMuster(caller)) ?? (await asInfrakit(caller));
  } catch (thrown) {
    // The walk-through's plugins know no path but those of their calls.
    if (thrown instanceof CallError && thrown.status === 404) return asWalkthrough(caller);
    throw thrown;
  }
}

async function asMuster(caller: Caller): Promise<Found | undefined> {
  const told = await unlessUnknown(hello(caller));
  if (told === undefined) return undefined;
  return {
    version: told.version,
    dialect: "muster",
    types: told.types.map((each) => typeOf(each, caller)),
    flavors: told.flavors.map((each) => flavorOf(each, caller)),
    probe: async () => void (await hello(caller)),
  };
}

async function asInfrakit(caller: Caller): Promise<Found> {
  const { era, method, roles } = await introduce(caller);
  const types = roles.get("Instance") ?? [];
  const flavors = roles.get("Flavor") ?? [];
  return {
    version: undefined,
    dialect: era,
    types: types.map((each) => {
      const calls = rpcInstance(caller, typeField(each), era !== "v0.1");
      return infrakitType(fullName(caller, each), calls, caller);
    }),
    flavors: flavors.map((each) => infrakitFlavor(fullName(caller, each), rpcFlavor(caller, typeField(each)), caller)),
    probe: async () => void (await caller.rpc(method, {}, "probe")),
  };
}

async function asWalkthrough(caller: Caller): Promise<Found> {
  const instance = await knows(caller, "Instance.Validate");
  const flavor = await knows(caller, "Flavor.Validate");
  if (!instance && !flavor) {
    throw new MusterError("plugin.version", {
      name: caller.name,
      found: "no dialect that is known here",
      wanted: "Muster's methods or InfraKit's",
    });
  }
  return {
    version: undefined,
    dialect: "walk-through",
    types: instance ? [infrakitType(caller.name, walkthroughInstance(caller), caller)] : [],
    flavors: flavor ? [infrakitFlavor(caller.name, walkthroughFlavor(caller), caller)] : [],
    probe: async () => void (await knows(caller, instance ? "Instance.Validate" : "Flavor.Validate")),
  };
}

/** A plugin that is one thing is called by its own name; one that is several, `plugin/thing`. */
function fullName(caller: Caller, name: string): string {
  return name === ITSELF ? caller.name : `${caller.name}/${name}`;
}

function typeField(name: string): string {
  return name === ITSELF ? "" : name;
}

async function forPeople<T>(caller: Caller, method: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof CallError) throw thrown.error;
    if (thrown instanceof WrongField) throw caller.unusable(method, thrown.message).error;
    throw thrown;
  }
}
