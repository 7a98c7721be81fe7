/** An account in the simulator, and the types opened on it, in a time in which waiting takes none. */
import { randomBytes } from "node:crypto";
import { isObject, type Observed, type Tags } from "@muster/model";
import {
  type ClaimedProvider,
  type Ctx,
  type Io,
  ProviderError,
  readSettings,
  type TaggedProvider,
  type Type,
} from "@muster/plugin";
import { type DigitaloceanTypes, digitaloceanIn } from "../digitalocean.ts";
import type { DropletProperties } from "../droplet/properties.ts";
import type { Environment } from "../settings.ts";
import type { Waits } from "../waits.ts";
import { type Simulated, simulated } from "./simulated.ts";
import type { SimulatorClock, SimulatorOptions } from "./simulator/index.ts";

export const ctx: Ctx = { signal: new AbortController().signal };

export const SMALL: DropletProperties = {
  name: "web-1",
  region: "nyc3",
  size: "s-1vcpu-1gb",
  image: "debian-12-x64",
};

export const MARK: Tags = {
  "muster.v": "1",
  "muster.stack": "shop",
  "muster.owner": "web",
  "muster.slot": "1",
  "muster.intent": "5f2a",
  "muster.revision": "0123456789abcdef0123",
};

export interface Opened {
  readonly simulator: Simulated;
  readonly types: DigitaloceanTypes;
  readonly droplets: TaggedProvider<DropletProperties>;
}

export async function freshAccount(options: SimulatorOptions = {}, env: Environment = {}): Promise<Opened> {
  const simulator = await simulated(options);
  const around = { DIGITALOCEAN_TOKEN: simulator.token, DIGITALOCEAN_API_URL: simulator.url, ...env };
  const types = digitaloceanIn(around, waitsBy(simulator.clock));
  const droplets = await types.droplet.open(settingsOf(types.droplet), ioBy(simulator.clock));
  return { simulator, types, droplets };
}

/** A claimed type of the same account, opened. */
export async function opened<P extends object, C extends object>(
  { simulator }: Opened,
  type: Type<P, C> & { readonly known: "claim" },
): Promise<ClaimedProvider<P>> {
  return type.open(settingsOf(type), ioBy(simulator.clock));
}

function settingsOf<P extends object, C extends object>(type: Type<P, C>): C {
  return readSettings(type.name, type.settings, {});
}

export function ioBy(clock: SimulatorClock): Io {
  return { now: clock.now, randomBytes };
}

export function waitsBy(clock: SimulatorClock): Waits {
  return {
    async rest(ms, signal) {
      signal.throwIfAborted();
      clock.advance(ms);
    },
    limit: () => new AbortController().signal,
  };
}

export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

/** The droplet as it is listed, which must be there. */
export async function seen({ droplets }: Opened, id: string): Promise<Observed> {
  const found = (await all(droplets.list({}, ctx))).find((each) => each.id === id);
  if (found === undefined) throw new Error(`droplet ${id} is not listed`);
  // Outputs are no properties of the type.
  return { ...found, properties: plain(found.properties) };
}

function plain(properties: object) {
  const value: unknown = JSON.parse(JSON.stringify(properties));
  return isObject(value) ? value : {};
}

/** What was thrown, which must be a failure of a provider. */
export async function failureOf(doing: Promise<unknown>): Promise<ProviderError> {
  const thrown = await doing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof ProviderError)) throw new Error(`expected a ProviderError, not ${String(thrown)}`);
  return thrown;
}
