import { type Flavor, ProviderError } from "../contract.ts";
import { presence } from "../presence.ts";
import { methods } from "../wire/methods.ts";
import { checked, type Handler, on } from "./handlers.ts";
import type { Plugin } from "./plugin.ts";

/** Muster's methods for what a plugin's flavors can do. What a flavor leaves out is done as `vanilla` does. */
export function flavorHandlers({ flavors }: Plugin): readonly [string, Handler][] {
  const served = new Map(flavors.map((each) => [each.name, each]));

  function find(name: string): Flavor {
    const found = served.get(name);
    if (found === undefined) throw new ProviderError("invalid", `there is no flavor \`${name}\` here`);
    return found;
  }

  return [
    on(methods.flavorValidate, async ({ flavor, properties, slots }) => {
      const found = find(flavor);
      const read = checked(found.schema, properties);
      await found.validate?.(read, slots);
      return {};
    }),
    on(methods.prepare, async ({ flavor, properties, want, member }) => {
      const found = find(flavor);
      return { want: (await found.prepare?.(want, member, checked(found.schema, properties))) ?? want };
    }),
    on(methods.health, async ({ flavor, properties, observed }) => {
      const found = find(flavor);
      return { verdict: (await found.health?.(observed, checked(found.schema, properties))) ?? presence(observed) };
    }),
    on(methods.started, async ({ flavor, properties, observed }, ctx) => {
      const found = find(flavor);
      await found.started?.(observed, checked(found.schema, properties), ctx);
      return {};
    }),
    on(methods.drain, async ({ flavor, properties, observed }, ctx) => {
      const found = find(flavor);
      await found.drain?.(observed, checked(found.schema, properties), ctx);
      return {};
    }),
  ];
}
