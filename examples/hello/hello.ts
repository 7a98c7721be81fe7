// A stack in TypeScript: an editor completes and checks it. Only its data is used.
import { defineStack, flavors, types } from "@muster/sdk";

const tiers = { web: 2, worker: 1 };

export default defineStack({
  stack: "hello-ts",
  owner: "team-web",
  groups: Object.fromEntries(
    Object.entries(tiers).map(([tier, size]) => [
      tier,
      {
        size,
        template: types.instanceFile({ properties: { greeting: `Hello from ${tier}` } }),
        flavor: flavors.vanilla({ tags: { tier } }),
      },
    ]),
  ),
});
