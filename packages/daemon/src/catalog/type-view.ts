/** What is to be known of a type before anything of it is there, from its schemas and nothing else. */
import type { Effect, Json } from "@muster/model";
import { type PropertyView, propertiesOf, type ResourceType, type Schema, type Tool } from "@muster/plugin";

export interface TypeView {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** How its things are known again: by tags that they bear, by a claim in the store; a task leaves nothing to be known. */
  readonly known: "tags" | "claim" | "task";
  /** The property that names a thing; missing where nothing names it but the id that it is given. */
  readonly naming?: string;
  /** A group can be made of it; a resource can be of any type. */
  readonly groups: boolean;
  /** The word under which it and its kin can be given settings alike. */
  readonly family?: string;
  /** The plugin that serves it; missing for what is built in. */
  readonly plugin?: string;
}

export interface TypeDetail extends TypeView {
  readonly properties: readonly DeclaredPropertyView[];
  /** What can be read and never declared. */
  readonly outputs: readonly ReadPropertyView[];
  /** What its provider is opened with. */
  readonly settings: readonly SettingView[];
  readonly tools: readonly Tool[];
}

export interface ReadPropertyView {
  readonly name: string;
  readonly kind: string;
  readonly meaning: string;
}

export interface SettingView extends ReadPropertyView {
  readonly required: boolean;
  readonly default?: Json;
}

export interface DeclaredPropertyView extends SettingView {
  /** What a change of it does; missing where nothing stays that could be changed. */
  readonly effect?: Effect;
  /** A change of it can never be taken back. */
  readonly irreversible?: true;
  /** It is never shown again, and so does not drift. */
  readonly unreadable?: true;
}

export function typeView(type: ResourceType, plugin: string | undefined): TypeView {
  const { name, summary, known, naming } = type;
  const family = type.known === "task" ? undefined : type.family;
  return {
    ...{ name, summary, known, groups: known !== "task" },
    ...(naming === undefined ? {} : { naming }),
    ...(family === undefined ? {} : { family }),
    ...(plugin === undefined ? {} : { plugin }),
  };
}

export function typeDetail(type: ResourceType, plugin: string | undefined): TypeDetail {
  const lasts = type.known === "task" ? undefined : type;
  return {
    ...typeView(type, plugin),
    properties: propertiesOf(type.schema).map((property) => declared(property, type)),
    outputs: lasts?.outputs === undefined ? [] : propertiesOf(lasts.outputs).map(read),
    settings: settingsOf(type.settings),
    tools: lasts?.tools ?? [],
  };
}

function settingsOf(schema: Schema<object>): readonly SettingView[] {
  return propertiesOf(schema).map(setting);
}

function declared(property: PropertyView, type: ResourceType): DeclaredPropertyView {
  const view = setting(property);
  if (type.known === "task") return view;
  const effects: Readonly<Record<string, Effect | undefined>> = type.effects;
  return {
    ...view,
    effect: effects[view.name] ?? "replace",
    ...(type.irreversible?.includes(view.name) === true ? { irreversible: true } : {}),
    ...(type.unreadable?.includes(view.name) === true ? { unreadable: true } : {}),
  };
}

function setting(property: PropertyView): SettingView {
  const { required } = property;
  return { ...read(property), required, ...(property.default === undefined ? {} : { default: property.default }) };
}

function read({ name, kind, meaning }: PropertyView): ReadPropertyView {
  return { name, kind, meaning };
}
