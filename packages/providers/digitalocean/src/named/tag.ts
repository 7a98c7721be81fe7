import type { Observed } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, ProviderError } from "@muster/plugin";
import { z } from "zod";
import type { Accounts, OpenAccount } from "../accounts.ts";
import type { Tag } from "../api/answers.ts";
import { failureOf } from "../api/failure.ts";
import { isOurs } from "../droplet/marks.ts";
import { type DigitaloceanSettings, digitaloceanSettingsIn, type Environment } from "../settings.ts";
import { tagName } from "../tag-name.ts";
import { firstSeen } from "./first-seen.ts";

const tagProperties = z.strictObject({
  name: tagName.describe("Its name; upper and lower case count as the same, and it keeps those of its first use"),
});
export type TagProperties = z.infer<typeof tagProperties>;

const tagOutputs = z.object({ count: z.number().describe("How many things bear it") });
export type TagOutputs = z.infer<typeof tagOutputs>;

export function tagIn(env: Environment, accounts: Accounts): ClaimedType<TagProperties, DigitaloceanSettings> {
  return {
    known: "claim",
    naming: "name",
    name: "tag",
    family: "digitalocean",
    summary: "A tag at DigitalOcean, whether anything bears it or not",
    schema: tagProperties,
    outputs: tagOutputs,
    settings: digitaloceanSettingsIn(env),
    effects: {},
    settleMs: 10_000,
    local: false,
    open: async (settings, io) => tagsAt(accounts.at(settings, io)),
  };
}

function tagsAt({ account, scope, time }: OpenAccount): ClaimedProvider<TagProperties> {
  const { tags } = account;
  const since = firstSeen(time.io.now);

  const observed = ({ name, resources }: Tag): Observed<TagProperties> => {
    const properties = { name, ...(resources ? { count: resources.count } : {}) };
    return { id: name, tags: {}, phase: "running", properties, since: since(name) };
  };

  return {
    known: "claim",
    scope,

    async read(name, { signal }) {
      const found = await tags.get(name, signal);
      return found?.name === name ? observed(found) : undefined;
    },

    async *list({ signal }) {
      // Muster's marks are of the droplets that bear them, and no things of their own.
      yield (await tags.list(signal)).filter(({ name }) => !isOurs(name)).map(observed);
    },

    async create({ name }, _tags, { signal }) {
      // Whoever makes one that is there is given that.
      if ((await tags.get(name, signal)) !== undefined)
        throw new ProviderError("conflict", `the tag ${name} is there already`);
      const made = await tags.create(name, signal);
      if (made !== name) throw new ProviderError("conflict", `the tag ${name} is there already, as ${made}`);
      return { id: name };
    },

    async destroy(name, { signal }) {
      const answer = await tags.destroy(name, signal);
      if (answer.kind === "refused" && answer.status !== 404) throw failureOf(answer);
    },
  };
}
