/** The calls as a group makes them, on a real engine; what a test made is gone after it. */
import { randomBytes } from "node:crypto";
import type { Observed, Tags } from "@muster/model";
import type { Ctx, Io, TaggedProvider } from "@muster/plugin";
import { type ContainerProperties, containerIn } from "@muster/provider-container";
import { onTestFinished, vi } from "vitest";
import { IMAGE } from "./image.ts";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

export interface House {
  readonly provider: TaggedProvider<ContainerProperties>;
  /** The tags that everything of this test bears. */
  readonly tags: Tags;
  /** Makes one that sleeps, unless it is told something else. */
  make(want?: Partial<ContainerProperties>): Promise<string>;
  seen(): Promise<readonly Observed<ContainerProperties>[]>;
  see(id: string): Promise<Observed<ContainerProperties> | undefined>;
}

/** What costs an engine least: no network to lay. */
export const SLEEPER: ContainerProperties = {
  image: IMAGE,
  pull: "never",
  command: ["sleep", "1000"],
  networks: ["none"],
  stop: { signal: "SIGKILL" },
};

export async function houseAt(socket: string, env: Readonly<Record<string, string>> = {}): Promise<House> {
  const type = containerIn(env);
  const provider = await type.open(type.settings.parse({ host: socket }), io);
  const tags = { "test.house": randomBytes(8).toString("hex") };
  const seen = async () => {
    const all: Observed<ContainerProperties>[] = [];
    for await (const page of provider.list(tags, ctx)) all.push(...page);
    return all;
  };
  onTestFinished(async () => {
    await Promise.all((await seen()).map(({ id }) => provider.destroy(id, ctx)));
    await provider.close?.();
  });
  return {
    provider,
    tags,
    seen,
    make: async (want = {}) => (await provider.create({ ...SLEEPER, ...want }, tags, ctx)).id,
    see: async (id) => (await seen()).find((each) => each.id === id),
  };
}

const PATIENCE = { timeout: 20_000, interval: 20 };

/** Resolves with what is seen as soon as it fits. */
export function until<T>(look: () => Promise<T>, fits: (seen: T) => boolean, what: string): Promise<T> {
  return vi.waitFor(async () => {
    const seen = await look();
    if (!fits(seen)) throw new Error(`waited for ${what}, and saw ${JSON.stringify(seen)}`);
    return seen;
  }, PATIENCE);
}

/** All that a stream has to say, as bytes. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of stream) all.push(chunk);
  return Buffer.concat(all);
}
