import type { House } from "./house.ts";

/** A plugin that serves the type `thing`, of which nobody can be told what there is. */
export async function serveLockedShelf(house: House): Promise<void> {
  const type = `{ name: "thing", schema: z.strictObject({}), create: async () => "a", destroy: async () => {},
      list: () => Promise.reject(new ProviderError("denied", "the shelf is locked")) }`;
  await house.write(
    "thing.ts",
    `import { definePlugin, ProviderError, z } from "@muster/sdk";
       export default definePlugin({ name: "thing", types: [${type}] });`,
  );
  await house.start("plugin", "run", "thing.ts").says("serves");
}
