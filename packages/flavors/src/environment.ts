import { didYouMean, isObject, type JsonObject, nearest } from "@muster/model";
import { type Flavor, type Member, ProviderError, plainOrSecret } from "@muster/plugin";
import { z } from "zod";

const values = z.record(z.string(), plainOrSecret);

export const environmentProperties = z.strictObject({
  all: values.optional().describe("For every member; a value may be a secret"),
  members: z.record(z.string(), values).optional().describe("By the name of a member, over those for every member"),
});
export type EnvironmentProperties = z.infer<typeof environmentProperties>;

/** Members are given what is written here besides the `env` of their template, and over it. */
export const environment: Flavor<EnvironmentProperties> = {
  name: "environment",
  summary: "Variables for every member, and for each by its name, over the `env` of the template",
  schema: environmentProperties,
  effects: { all: "replace", members: "replace" },

  async validate({ members = {} }, slots) {
    const [first] = Object.keys(members);
    if (first === undefined) return;
    if (slots.kind === "numbered") {
      const fix = "a number is no name, and another member has it after a change; declare the group with `members`";
      throw new ProviderError(
        "invalid",
        `\`members\`: this group counts its members, and has none named ${first}: ${fix}`,
      );
    }
    const stranger = Object.keys(members).find((name) => !slots.names.includes(name));
    if (stranger === undefined) return;
    const meant = didYouMean(nearest(stranger, slots.names));
    throw new ProviderError("invalid", `\`members\`: the group has no member ${stranger}${meant}`);
  },

  adds: ({ all = {}, members = {} }) =>
    [all, ...Object.values(members)].some((each) => Object.keys(each).length > 0) ? ["env"] : [],

  prepare: async (want, member, flavor) => {
    const added = addedFor(member, flavor);
    return Object.keys(added).length === 0 ? want : { ...want, env: withValues(want, added) };
  },
};

function addedFor({ slot, slots }: Member, { all = {}, members = {} }: EnvironmentProperties): JsonObject {
  const own = slots.kind === "named" && Object.hasOwn(members, slot) ? members[slot] : {};
  return { ...all, ...own };
}

function withValues({ env = {} }: JsonObject, added: JsonObject): JsonObject {
  if (isObject(env)) return { ...env, ...added };
  throw new ProviderError("invalid", "environment cannot add variables to an `env` that is not an object");
}
