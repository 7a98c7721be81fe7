// A flavor that reads the members of a group: one that says a forbidden word is unhealthy.
import { definePlugin, z } from "@muster/sdk";

export default definePlugin({
  name: "proofread",
  flavors: [
    {
      name: "proofread",
      summary: "healthy unless it says a forbidden word",
      schema: z.strictObject({ forbid: z.array(z.string().min(1)).default(["bad"]) }),
      effects: { forbid: "in-place" },
      async health({ properties }, { forbid }) {
        const text = JSON.stringify(properties);
        const found = forbid.find((word) => text.includes(word));
        return found === undefined ? { kind: "pass" } : { kind: "fail", reason: `it says \`${found}\`` };
      },
    },
  ],
});
