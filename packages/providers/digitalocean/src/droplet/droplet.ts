import { type Ctx, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import type { Accounts, OpenAccount } from "../accounts.ts";
import { type DigitaloceanSettings, digitaloceanSettingsIn, type Environment } from "../settings.ts";
import { assessChange, assessNew, type Is } from "./assess.ts";
import type { Hands } from "./hands.ts";
import { looksAt } from "./looks.ts";
import { destroy, make } from "./make.ts";
import { readWords, wordsFor } from "./marks.ts";
import { observedOf } from "./observed.ts";
import { type DropletProperties, dropletOutputs, dropletProperties } from "./properties.ts";
import { update } from "./update.ts";
import { changeWords, wordChange } from "./words.ts";

/** @param env where secrets are read, and what the settings do not say */
export function dropletIn(env: Environment, accounts: Accounts): TaggedType<DropletProperties, DigitaloceanSettings> {
  return {
    known: "tags",
    naming: "name",
    name: "droplet",
    family: "digitalocean",
    summary: "A virtual machine at DigitalOcean",
    schema: dropletProperties,
    outputs: dropletOutputs,
    settings: digitaloceanSettingsIn(env),
    effects: {
      name: "in-place",
      size: "restart",
      ipv6: "in-place",
      private_networking: "in-place",
      backups: "in-place",
      tags: "in-place",
    },
    irreversible: ["ipv6", "private_networking"],
    assesses: true,
    unreadable: ["ssh_keys", "user_data"],
    unordered: ["tags"],
    settleMs: 60_000,
    local: false,
    startupMs: 300_000,
    open: async (settings, io) => dropletsAt(accounts.at(settings, io), env),
  };
}

const PAGE = 500;

function dropletsAt({ account, actions, time, scope, sizes, hasImage }: OpenAccount, env: Environment) {
  const { droplets, tags } = account;
  const hands: Hands = { droplets, tags, actions, ...time, env };
  const look = looksAt(droplets);

  async function confirmImage(image: number | string | undefined, signal: AbortSignal): Promise<void> {
    if (image === undefined || (await hasImage(image, signal))) return;
    throw new ProviderError("invalid", `DigitalOcean has no image ${image}`, { property: "image" });
  }

  const provider: TaggedProvider<DropletProperties> = {
    known: "tags",
    scope,

    async validate({ size }) {
      assessNew({ size }, await sizes(new AbortController().signal));
    },

    async assess(from, want, { signal, digests }) {
      if (from === undefined) {
        const assessment = assessNew(want, await sizes(signal));
        await confirmImage(want.image, signal);
        return assessment;
      }
      const isAnew = differ(from.digests, digests);
      const assessment = assessChange(isOf(from.properties), want, await sizes(signal), isAnew);
      const isOfAnother = want.image !== from.properties.image && assessment.effects?.["image"] === undefined;
      if (isOfAnother) await confirmImage(want.image, signal);
      return assessment;
    },

    async create(want, tags, { signal, digests }: Ctx) {
      return { id: await make(hands, { want, tags, ...(digests === undefined ? {} : { digests }) }, signal) };
    },

    async *list(by) {
      const found = await look(by);
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },

    async read(id, { signal }) {
      const found = isId(id) ? await droplets.get(Number(id), signal) : undefined;
      return found === undefined ? undefined : observedOf(found);
    },

    async update({ id }, want, { signal }) {
      const number = confirmedId(id);
      await actions.inTurn(number, () => update(hands, number, want, signal));
    },

    async destroy(id, { signal }) {
      await destroy(hands, confirmedId(id), signal);
    },

    async retag(id, tags, { signal }) {
      const number = confirmedId(id);
      await actions.inTurn(number, async () => {
        const found = await droplets.get(number, signal);
        if (found === undefined) throw new ProviderError("retryable", `droplet ${number} is not there any more`);
        const { marks } = readWords(found.tags);
        const change = wordChange(wordsFor("muster", marks), wordsFor("muster", { ...marks, ...tags }));
        await changeWords(hands, number, change, signal);
      });
    },
  };
  return provider;
}

type Digests = Readonly<Record<string, string>> | undefined;

/** What was made without a digest cannot be told, and is not made anew for that. */
function differ(made: Digests = {}, declared: Digests = {}): boolean {
  return Object.entries(declared).some(([key, digest]) => made[key] !== undefined && made[key] !== digest);
}

function isOf(properties: Partial<DropletProperties>): Is {
  // What is no output is left out by it.
  const outputs = dropletOutputs.safeParse(properties);
  return { ...properties, ...(outputs.success ? outputs.data : {}) };
}

function isId(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

function confirmedId(id: string): number {
  if (isId(id)) return Number(id);
  throw new ProviderError("invalid", `${JSON.stringify(id)} is not the id of a droplet`);
}
