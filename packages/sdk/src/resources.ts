/**
 * Things that are declared for themselves, in a stack in TypeScript: `resource.file("/etc/motd", { content: "Welcome\n" })`.
 * What comes of them is the same plain data that YAML has under `resources`.
 */
import {
  type Address,
  addressOf,
  type Consent,
  type Json,
  type JsonObject,
  MusterError,
  type OnDrift,
  referenceTo,
} from "@muster/model";
import type { SecretReference } from "@muster/plugin";
import type { CommandTaskProperties } from "@muster/provider-command";
import type { DropletOutputs, SshKeyOutputs, TagOutputs } from "@muster/provider-digitalocean";
import type { BuiltInTypes } from "./built-in-types.ts";
import type { CheckEntry } from "./check.ts";

/** One resource. Others depend on it, tell it, and take values from it. */
export interface Resource<Out = unknown, Type extends string = string> {
  readonly type: Type;
  readonly name: string;
  readonly address: Address;
  /** What stands under its name in YAML. */
  readonly entry: JsonObject;
  /**
   * Its properties, and what can be read of it besides, for others to use: `${web.out.public_address}:80`. What stands there
   * is a reference (`${droplet.web.public_address}`) until the thing is there, so it can be handed on and put into texts,
   * and not be reckoned with.
   */
  readonly out: Out;
}

/** A resource, or its address: `file./etc/motd`. */
type Linked = Resource | `${string}.${string}`;

/** What Muster itself reads in a resource. */
interface OwnWords<Property> {
  /** These must be as declared before. */
  readonly dependsOn?: Linked | readonly Linked[];
  /** These are told after this one was changed. */
  readonly notify?: Linked | readonly Linked[];
  /** Properties that a new thing is made with and that are not managed after that. */
  readonly ignore?: readonly Property[];
  /** Whether it is put right when somebody else changed it, or only said. `repair` unless told. */
  readonly onDrift?: OnDrift;
  /** The thing that it is, as its provider calls it, where the name alone does not tell which. */
  readonly id?: string | number;
  /** The entry under `providers` that it is made with. */
  readonly provider?: string;
  /** What may be done to it without being asked again each time. */
  readonly allow?: readonly Consent[];
  /** What must hold of it: `check.addr("${self.public_address}:22").reachable()`. */
  readonly checks?: readonly CheckEntry[];
}

interface There {
  readonly ensure?: "present";
  /** It is never destroyed, also when it is declared no longer. */
  readonly protect?: boolean;
}

interface Gone {
  /** It is destroyed where it is there. */
  readonly ensure: "absent";
  readonly protect?: false;
}

/** A property can also be a secret: where it is to be read, when it is needed. */
type OrSecret<Properties> = { readonly [Key in keyof Properties]: Properties[Key] | SecretReference };

/** The property that names the thing is the resource's name unless told. */
type Written<Properties, Naming extends keyof Properties> = OrSecret<Omit<Properties, Naming>> &
  Partial<Pick<Properties, Naming>>;

type Entry<Properties, Naming extends keyof Properties> =
  | (Written<Properties, Naming> & There & OwnWords<keyof Properties>)
  | (Partial<Written<Properties, Naming>> & Gone & OwnWords<keyof Properties>);

type Out<Properties> = { readonly [Key in keyof Properties]-?: Exclude<Properties[Key], undefined> };

/** A command that is run without a shell; `timeout` is 10s unless told. */
interface CommandOfStack {
  readonly command: readonly string[];
  readonly timeout?: string;
}

/** A file that follows groups: its content names their members, or a command checks it or is told of it. */
export interface FileOfStack extends Omit<BuiltInTypes["file"], "path" | "content"> {
  readonly content: string;
  /** Run before the file is exchanged; `${file}` is the path of the new content. */
  readonly check?: CommandOfStack;
  /** Run after the file has changed. What it asked for is done when `settle` (1s unless told) has passed. */
  readonly notify?: CommandOfStack & { readonly settle?: string };
}

type Kind<Name extends string, Entry, Out> = (name: string, entry: Entry) => Resource<Out, Name>;

/** A line for each type: its name, its properties, the one of them that names the thing, and what is read of it besides. */
function kind<
  Name extends string,
  Properties,
  Naming extends keyof Properties = never,
  Outputs = unknown,
  OtherEntry extends object = never,
>(type: Name): Kind<Name, Entry<Properties, Naming> | OtherEntry, Out<Properties & Outputs>> {
  return (name, entry) => resourceOf(type, name, entry);
}

/** Resources of the built-in types, and of types that plugins bring. */
export const resource = {
  /** A plain file; its name is its path. */
  file: kind<"file", BuiltInTypes["file"], "path", unknown, FileOfStack>("file"),
  /** A directory; its name is its path. */
  directory: kind<"directory", BuiltInTypes["directory"], "path">("directory"),
  /** A command that is run where it is due. */
  command: kind<"command", CommandTaskProperties, "name">("command"),
  /** A virtual machine at DigitalOcean. */
  droplet: kind<"droplet", BuiltInTypes["droplet"], "name", DropletOutputs>("droplet"),
  /** A domain whose records DigitalOcean serves. */
  digitaloceanDomain: kind<"digitalocean-domain", BuiltInTypes["digitalocean-domain"], "name">("digitalocean-domain"),
  /** A tag at DigitalOcean. */
  tag: kind<"tag", BuiltInTypes["tag"], "name", TagOutputs>("tag"),
  /** An SSH key of an account at DigitalOcean. */
  sshKey: kind<"ssh-key", BuiltInTypes["ssh-key"], "name", SshKeyOutputs>("ssh-key"),
  /** A local process that outlives Muster. */
  process: kind<"process", BuiltInTypes["process"]>("process"),
  /** A container of an engine that speaks Docker's API. */
  container: kind<"container", BuiltInTypes["container"]>("container"),
  /** A virtual machine that boots an image of one purpose. */
  vm: kind<"vm", BuiltInTypes["vm"]>("vm"),
  /** A JSON file in a directory. */
  instanceFile: kind<"instance-file", BuiltInTypes["instance-file"]>("instance-file"),
  /** A type by its name: it is checked when the stack is read. */
  plugin: (type: string, name: string, entry: Readonly<Record<string, Json>> & OwnWords<string>) =>
    resourceOf<Readonly<Record<string, string>>, string>(type, name, entry),
};

type Kinds = Omit<typeof resource, "plugin">;

/** Resources as YAML has them: by type, and by name. */
export type ResourcesByType = {
  readonly [Each in keyof Kinds as ReturnType<Kinds[Each]>["type"]]?: Readonly<
    Record<string, Parameters<Kinds[Each]>[1]>
  >;
};

/** Resources one after another, also in lists of their own: a function that gives several stands beside others. */
export type ResourceList = readonly (Resource | ResourceList)[];

function resourceOf<Out, Name extends string>(type: Name, name: string, entry: object): Resource<Out, Name> {
  const address = addressOf(type, name);
  const get = (_: object, key: string | symbol) => (typeof key === "string" ? referenceTo(address, key) : undefined);
  // It answers to every property that its type may have, with a text that stands for it.
  const out = new Proxy({}, { get }) as Out;
  return { type, name, address, entry: plainEntry(entry), out };
}

/** The entry with addresses where resources stood. */
function plainEntry(entry: object): JsonObject {
  const entries = Object.entries(entry).map(([key, value]): [string, Json] => {
    if (key !== "dependsOn" && key !== "notify") return [key, value];
    return [key, Array.isArray(value) ? value.map(plainLink) : plainLink(value)];
  });
  return Object.fromEntries(entries);
}

function plainLink(linked: Json | Resource): Json {
  return isResource(linked) ? linked.address : linked;
}

function isResource(value: Json | Resource): value is Resource {
  return typeof value === "object" && value !== null && "address" in value && "out" in value;
}

/** As YAML has them. Throws where two have the same address. */
export function plainResources(resources: ResourcesByType | ResourceList): Readonly<Record<string, JsonObject>> {
  const types = new Map<string, Map<string, JsonObject>>();
  for (const { type, name, address, entry } of isList(resources) ? listed(resources) : ofTypes(resources)) {
    const names = types.get(type) ?? new Map<string, JsonObject>();
    if (names.has(name)) {
      const words = { address, detail: "it is declared twice", fix: "Give one of them another name." };
      throw new MusterError("declaration.resources-contradict", words);
    }
    types.set(type, names.set(name, entry));
  }
  return Object.fromEntries([...types].map(([type, names]) => [type, Object.fromEntries(names)]));
}

function isList(resources: ResourcesByType | ResourceList): resources is ResourceList {
  return Array.isArray(resources);
}

function listed(list: ResourceList): readonly Resource[] {
  return list.flatMap((each) => ("out" in each ? [each] : listed(each)));
}

function ofTypes(types: ResourcesByType): readonly Resource[] {
  return Object.entries(types).flatMap(([type, names]) =>
    Object.entries(names ?? {}).map(([name, entry]) => resourceOf(type, name, entry)),
  );
}
