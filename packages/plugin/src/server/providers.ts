import { type Ctx, ProviderError } from "../contract.ts";
import { methods } from "../wire/methods.ts";
import { checked, type Handler, on } from "./handlers.ts";
import { listings } from "./listing.ts";
import type { OpenType, Plugin } from "./plugin.ts";
import { wantedOver, wantedPart } from "./wanted.ts";

/** Muster's methods for what a plugin's types can do. */
export function providerHandlers({ types, io }: Plugin): readonly [string, Handler][] {
  const served = new Map(types.map((each) => [each.type.name, each]));
  const lists = listings(io);

  function find(name: string): OpenType {
    const found = served.get(name);
    if (found === undefined) throw new ProviderError("invalid", `there is no type \`${name}\` here`);
    return found;
  }

  return [
    on(methods.validate, async ({ type, want }) => {
      const found = find(type);
      const read = checked(found.type.schema, want);
      await found.provider.validate?.(read);
      return {};
    }),
    on(methods.list, async ({ type, by, cursor }, ctx) => {
      const { provider } = find(type);
      if (provider.list === undefined) throw cannot(type, "list");
      return cursor === undefined ? lists.first(provider, by, ctx) : lists.next(cursor, ctx);
    }),
    on(methods.read, async ({ type, id }, ctx) => {
      const { provider } = find(type);
      if (provider.read === undefined) throw cannot(type, "read");
      const found = await provider.read(id, ctx);
      return found === undefined ? {} : { found };
    }),
    on(methods.create, async ({ type, want, tags, digests }, ctx) => {
      const found = find(type);
      const { id } = await found.provider.create(checked(found.type.schema, want), tags, withDigests(ctx, digests));
      return { id };
    }),
    on(methods.update, async ({ type, from, want, digests }, ctx) => {
      const found = find(type);
      if (found.provider.update === undefined) throw cannot(type, "update");
      await found.provider.update(from, wantedOver(found.type.schema, from, want), withDigests(ctx, digests));
      return {};
    }),
    on(methods.assess, async ({ type, from, want }, ctx) => {
      const found = find(type);
      if (found.provider.assess === undefined) throw cannot(type, "assess");
      return { assessment: await found.provider.assess(from, wantedPart(found.type.schema, want), ctx) };
    }),
    on(methods.refresh, async ({ type, observed, want }, ctx) => {
      const found = find(type);
      if (found.provider.refresh === undefined) throw cannot(type, "refresh");
      await found.provider.refresh(observed, wantedPart(found.type.schema, want), ctx);
      return {};
    }),
    on(methods.destroy, async ({ type, id }, ctx) => {
      await find(type).provider.destroy(id, ctx);
      return {};
    }),
    on(methods.retag, async ({ type, id, tags }, ctx) => {
      const { provider } = find(type);
      if (provider.known !== "tags" || provider.retag === undefined) throw cannot(type, "retag");
      await provider.retag(id, tags, ctx);
      return {};
    }),
  ];
}

function withDigests(ctx: Ctx, digests: Ctx["digests"]): Ctx {
  return digests === undefined ? ctx : { ...ctx, digests };
}

function cannot(type: string, verb: string): ProviderError {
  return new ProviderError("invalid", `the type \`${type}\` cannot ${verb}`);
}
