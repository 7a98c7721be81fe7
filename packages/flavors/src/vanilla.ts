import { isObject, type Json, type JsonObject, type Tags } from "@muster/model";
import { type Flavor, ProviderError } from "@muster/plugin";
import { z } from "zod";

export const vanillaProperties = z.strictObject({
  init: z.array(z.string()).optional().describe("Lines that are added to the boot script of a member"),
  tags: z.record(z.string(), z.string()).optional().describe("Tags that are put on a member besides its own"),
});
export type VanillaProperties = z.infer<typeof vanillaProperties>;

/**
 * Members are what their template says, with lines added to `init` and tags to `tags`. Health and drain are left out, and
 * so the plain ones: a member that is there and runs is healthy, and may go at once.
 */
export const vanilla: Flavor<VanillaProperties> = {
  name: "vanilla",
  summary: "Members as their template says, with lines added to the boot script, and tags",
  schema: vanillaProperties,
  effects: { init: "replace", tags: "replace" },
  adds: ({ init = [], tags = {} }) => [
    ...(init.length === 0 ? [] : ["init"]),
    ...(Object.keys(tags).length === 0 ? [] : ["tags"]),
  ],
  prepare: async (want, _member, { init = [], tags = {} }) => ({
    ...want,
    ...(init.length === 0 ? {} : { init: withLines(want["init"], init) }),
    ...(Object.keys(tags).length === 0 ? {} : { tags: withTags(want["tags"], tags) }),
  }),
};

/** A template without a boot script has no empty first line. */
function withLines(script: Json | undefined, lines: readonly string[]): string {
  if (script === undefined || script === "") return lines.join("\n");
  if (typeof script === "string") return [script, ...lines].join("\n");
  throw new ProviderError("invalid", "vanilla cannot add lines to an `init` that is not text");
}

/** The flavor's tags go over the template's, as InfraKit has it. */
function withTags(own: Json | undefined, tags: Tags): JsonObject {
  if (own === undefined) return tags;
  if (isObject(own)) return { ...own, ...tags };
  throw new ProviderError("invalid", "vanilla cannot add tags to a `tags` that is not an object");
}
