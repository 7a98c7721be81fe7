/** What the kit makes in order to try a type, and how it gets rid of it again. It touches nothing else. */
import { setTimeout as sleep } from "node:timers/promises";
import { bears, type JsonObject, type Observed, type Tags } from "@muster/model";
import type { ClaimedProvider, Ctx, Provider, TaggedProvider } from "../contract.ts";
import { demand, Unmet } from "./statement.ts";

export interface Made {
  readonly id: string;
  readonly want: JsonObject;
  readonly tags: Tags;
}

export interface Things {
  /** What a thing is made of: the sample, in this thing's own words where it has a name. */
  want(): JsonObject;
  /** Makes one that bears these tags and the mark of this run. */
  make(tags?: Tags, want?: JsonObject, digests?: Ctx["digests"]): Promise<Made>;
  /** The one as it is seen; undefined when it is not there. */
  see(id: string): Promise<Observed | undefined>;
  destroy(id: string): Promise<void>;
  /** Looks again and again until what is seen is as it should be. Throws `Unmet` when the time is up. */
  until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, expected: string): Promise<T>;
  /** Destroys what was made and is not destroyed yet. What cannot be destroyed is told by `left`. */
  tidy(): Promise<void>;
  /** What is still there of all that was made. */
  left(): Promise<readonly string[]>;
  /** What was there before and is not any more. */
  missed(): Promise<readonly string[]>;
}

export interface TaggedThings extends Things {
  /** Everything of this run that a list by these tags shows. */
  listed(tags?: Tags): Promise<readonly Observed[]>;
}

/** The tag that everything of one run bears, so that it can be told from all else. */
const RUN = "muster.conformance";

/** Nobody gives up waiting: the deadlines of the connection are enough. */
export const ctx: Ctx = { signal: new AbortController().signal };

export function withDigests(digests: Ctx["digests"]): Ctx {
  return digests === undefined ? ctx : { ...ctx, digests };
}

/** @param patience how long an effect may take to show, in milliseconds. @param run no other run has it. */
export async function taggedThings(
  provider: TaggedProvider,
  sample: JsonObject,
  patience: number,
  run: string,
): Promise<TaggedThings> {
  const before = new Set((await everything(provider, {})).map((each) => each.id));
  const open = new Set<string>();

  async function listed(tags: Tags = {}): Promise<readonly Observed[]> {
    return everything(provider, { ...tags, [RUN]: run });
  }

  /** A list that shows too much must not make the kit destroy what is not its own. */
  async function own(): Promise<readonly string[]> {
    const found = (await listed()).filter((each) => bears(each.tags, { [RUN]: run }) && !before.has(each.id));
    return found.map((each) => each.id);
  }

  const shared = destroyer(provider, open);
  const until = untilWithin(patience);
  return {
    ...shared,
    until,
    listed,
    want: () => sample,
    async make(tags = {}, want = sample, digests) {
      const all = { ...tags, [RUN]: run };
      const { id } = await provider.create(want, all, withDigests(digests));
      demand(!before.has(id), "a new id", `${id}, which was there before`);
      open.add(id);
      return { id, want, tags: all };
    },
    see: async (id) => (await listed()).find((each) => each.id === id),
    async left() {
      for (const id of await own()) open.add(id);
      await shared.tidy();
      await until(own, (seen) => seen.length === 0, "nothing of this run in a list");
      const there = (await everything(provider, {})).map((each) => each.id);
      return there.filter((id) => open.has(id));
    },
    async missed() {
      const now = new Set((await everything(provider, {})).map((each) => each.id));
      return [...before].filter((id) => !now.has(id));
    },
  };
}

/** @param naming the property that is the id; `{id}` in it stands for a word of each thing's own. */
export function claimedThings(
  provider: ClaimedProvider,
  { sample, naming }: { readonly sample: JsonObject; readonly naming: string },
  patience: number,
  run: string,
): Things {
  const open = new Set<string>();
  const shared = destroyer(provider, open);
  let made = 0;

  function want(): JsonObject {
    const name = `conformance-${run}-${++made}`;
    return { ...sample, [naming]: String(sample[naming]).replaceAll("{id}", name) };
  }

  return {
    ...shared,
    until: untilWithin(patience),
    want,
    async make(tags = {}, wanted = want(), digests) {
      const name = String(wanted[naming]);
      demand((await provider.read(name, ctx)) === undefined, `nothing under the name ${name} yet`, "something");
      const { id } = await provider.create(wanted, tags, withDigests(digests));
      demand(id === name, `the id ${name}, as the property \`${naming}\` says`, id);
      open.add(id);
      return { id, want: wanted, tags };
    },
    see: (id) => provider.read(id, ctx),
    async left() {
      await shared.tidy();
      const found = await Promise.all([...open].map((id) => provider.read(id, ctx)));
      return found.flatMap((each) => each?.id ?? []);
    },
    missed: async () => [],
  };
}

export async function everything(provider: TaggedProvider, by: Tags): Promise<readonly Observed[]> {
  const found: Observed[] = [];
  for await (const page of provider.list(by, ctx)) found.push(...page);
  return found;
}

/** @param open what was made and is there as far as is known. */
function destroyer(provider: Provider, open: Set<string>): Pick<Things, "destroy" | "tidy"> {
  async function destroy(id: string): Promise<void> {
    await provider.destroy(id, ctx);
    open.delete(id);
  }
  return {
    destroy,
    async tidy() {
      // One that cannot be destroyed stays in `open`, and is told at the end.
      await Promise.allSettled([...open].map(destroy));
    },
  };
}

const FIRST_REST = 10;
const LONGEST_REST = 500;

function untilWithin(patience: number): Things["until"] {
  return async (look, isSo, expected) => {
    const deadline = performance.now() + patience;
    for (let rest = FIRST_REST; ; rest = Math.min(LONGEST_REST, rest * 2)) {
      const seen = await look();
      if (isSo(seen)) return seen;
      if (performance.now() > deadline) throw new Unmet(`${expected} within ${patience / 1000} s`, seen);
      await sleep(rest);
    }
  };
}
