import type { Observed, Tags } from "@muster/model";
import type { Ctx, TaggedProvider } from "../contract.ts";
import { describe, wantOf } from "../infrakit/spec.ts";
import { checked } from "../server/handlers.ts";
import { flagField, objectField, tagsField, textField } from "../wire/fields.ts";
import { ALL_ERAS, echo, type InfrakitMethod, LATER } from "./method.ts";
import { meant, type Served } from "./served.ts";

/** The role "Instance". */
export function instanceMethods({ instances }: Served): readonly InfrakitMethod[] {
  if (instances.size === 0) return [];
  return [
    {
      name: "Instance.DescribeInstances",
      eras: ALL_ERAS,
      params: { Type: "", Tags: null, Properties: false },
      result: { Type: "", Descriptions: null },
      async run(params, ctx) {
        const { provider } = meant(instances, textField(params, "Type"));
        const whole = flagField(params, "Properties");
        const found = await everything(provider, tagsField(params, "Tags"), ctx);
        return { ...echo(params, "Type"), Descriptions: found.map((each) => describe(each, whole)) };
      },
    },
    {
      name: "Instance.Destroy",
      eras: ALL_ERAS,
      params: { Type: "", Instance: "", Context: { Reason: "" } },
      result: { Type: "", OK: false },
      async run(params, ctx) {
        const { provider } = meant(instances, textField(params, "Type"));
        await destroy(provider, textField(params, "Instance"), ctx);
        return { ...echo(params, "Type"), OK: true };
      },
    },
    {
      name: "Instance.Label",
      eras: LATER,
      params: { Type: "", Instance: "", Labels: null },
      result: { Type: "", OK: false },
      async run(params, ctx) {
        const { type, provider } = meant(instances, textField(params, "Type"));
        if (provider.retag === undefined)
          throw new Error(`instances of type ${type.name} keep the tags they were made with`);
        const { id } = await theOne(provider, textField(params, "Instance"), ctx);
        await provider.retag(id, tagsField(params, "Labels"), ctx);
        return { ...echo(params, "Type"), OK: true };
      },
    },
    {
      name: "Instance.Provision",
      eras: ALL_ERAS,
      params: {
        Type: "",
        Spec: { Properties: {}, Tags: null, Init: "", LogicalID: null, Attachments: null },
      },
      result: { Type: "", ID: null },
      async run(params, ctx) {
        const { type, provider } = meant(instances, textField(params, "Type"));
        const { want, tags } = wantOf(objectField(params, "Spec"));
        const { id } = await provider.create(checked(type.schema, want), tags, ctx);
        return { ...echo(params, "Type"), ID: id };
      },
    },
    {
      name: "Instance.Validate",
      eras: ALL_ERAS,
      params: { Type: "", Properties: {} },
      result: { Type: "", OK: false },
      async run(params) {
        const { type, provider } = meant(instances, textField(params, "Type"));
        const want = checked(type.schema, { properties: objectField(params, "Properties") });
        await provider.validate?.(want);
        return { ...echo(params, "Type"), OK: true };
      },
    },
  ];
}

export async function everything(provider: TaggedProvider, by: Tags, ctx: Ctx): Promise<readonly Observed[]> {
  const found: Observed[] = [];
  for await (const page of provider.list(by, ctx)) found.push(...page);
  return found;
}

/** To InfraKit's clients, unlike to Muster, it is an error when there is no such instance. */
export async function destroy(provider: TaggedProvider, id: string, ctx: Ctx): Promise<void> {
  await theOne(provider, id, ctx);
  await provider.destroy(id, ctx);
}

async function theOne(provider: TaggedProvider, id: string, ctx: Ctx): Promise<Observed> {
  const found =
    provider.read === undefined
      ? (await everything(provider, {}, ctx)).find((each) => each.id === id)
      : await provider.read(id, ctx);
  if (found === undefined) throw new Error(`there is no instance ${id}`);
  return found;
}
