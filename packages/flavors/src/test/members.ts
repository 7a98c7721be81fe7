import type { JsonObject, Observed } from "@muster/model";
import type { Flavor } from "@muster/plugin";

/** A member of `shop/web` that runs, as its provider sees it. */
export const member: Observed = {
  id: "m-1",
  tags: { "muster.stack": "shop", "muster.owner": "web", "muster.slot": "a", "muster.port": "8080" },
  phase: "running",
  properties: {},
  since: 0,
};

/** What its schema says is wrong; undefined when nothing is. */
export function wrongWith({ schema }: Flavor, properties: JsonObject): string | undefined {
  return schema
    .safeParse(properties)
    .error?.issues.map(({ message }) => message)
    .join("; ");
}
