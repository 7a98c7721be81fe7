/**
 * A stack in TypeScript. What these functions give is the same plain data that YAML gives; they are here so that an
 * editor can complete and check it. Nothing is loaded for it: the built-in types are known by their types only.
 */
import type {
  CommandProperties,
  EnvironmentProperties,
  HooksProperties,
  HttpProperties,
  VanillaProperties,
} from "@muster/flavors";
import type { JsonObject } from "@muster/model";
import type { Schema } from "@muster/plugin";
import type { container } from "@muster/provider-container";
import type {
  DigitaloceanSettings,
  DomainProperties,
  DropletProperties,
  SshKeyProperties,
  TagProperties,
} from "@muster/provider-digitalocean";
import type { directory, file, instanceFile } from "@muster/provider-file";
import type { processType } from "@muster/provider-process";
import type { vmType } from "@muster/provider-vm";
import type { Repair, Rollout } from "./policies.ts";

type PropertiesOf<T> = T extends { readonly schema: Schema<infer P> } ? P : never;
type SettingsOf<T> = T extends { readonly settings: Schema<infer C> } ? Partial<C> : never;

interface BuiltInTypes {
  readonly "instance-file": PropertiesOf<typeof instanceFile>;
  readonly file: PropertiesOf<typeof file>;
  readonly directory: PropertiesOf<typeof directory>;
  readonly process: PropertiesOf<typeof processType>;
  readonly container: PropertiesOf<typeof container>;
  readonly vm: PropertiesOf<typeof vmType>;
  readonly droplet: DropletProperties;
  readonly "digitalocean-domain": DomainProperties;
  readonly tag: TagProperties;
  readonly "ssh-key": SshKeyProperties;
}

interface BuiltInFlavors {
  readonly vanilla: VanillaProperties;
  readonly http: HttpProperties;
  readonly command: CommandProperties;
  readonly hooks: HooksProperties;
  readonly environment: EnvironmentProperties;
  readonly combo: { readonly flavors: readonly Treatment[] };
}

/** `{ NAME: properties }`, of one name. */
type OneOf<All> = { readonly [Name in keyof All]: { readonly [Only in Name]: All[Name] } }[keyof All];

declare const known: unique symbol;

/** A name and properties that only a plugin knows: they are checked when the stack is read. */
export interface FromPlugin {
  readonly [known]?: "to a plugin";
}

/** What each instance of a group must be. */
export type Template = OneOf<BuiltInTypes> | FromPlugin;

/** How the members of a group are treated. */
export type Treatment = OneOf<BuiltInFlavors> | FromPlugin;

/** How many members, or which. */
type Members =
  | { readonly size: number; readonly members?: never }
  | { readonly members: readonly string[]; readonly size?: never };

export type Group = Members & {
  readonly template: Template;
  /** `vanilla` unless told. */
  readonly flavor?: Treatment;
  /** How a change is carried through the group. */
  readonly rollout?: Rollout;
  /** How members that fail are replaced. */
  readonly repair?: Repair;
};

/** Settings by the name of the type; what is left out keeps its default. */
export interface Providers {
  readonly "instance-file"?: SettingsOf<typeof instanceFile>;
  readonly file?: SettingsOf<typeof file>;
  readonly process?: SettingsOf<typeof processType>;
  readonly container?: SettingsOf<typeof container>;
  readonly vm?: SettingsOf<typeof vmType>;
  /** For droplets, domains, tags and SSH keys alike. */
  readonly digitalocean?: Partial<DigitaloceanSettings>;
  readonly [plugin: string]: object | undefined;
}

/** A command that is run without a shell; `timeout` is 10s unless told. */
interface CommandOfStack {
  readonly command: readonly string[];
  readonly timeout?: string;
}

/** A file whose content may name the members of groups: `{{#each groups.web}}{{port}} {{/each}}`. */
export interface FileOfStack extends Omit<BuiltInTypes["file"], "path" | "content"> {
  readonly content: string;
  /** Run before the file is exchanged; `${file}` is the path of the new content. */
  readonly check?: CommandOfStack;
  /** Run after the file has changed. What it asked for is done when `settle` (1s unless told) has passed. */
  readonly notify?: CommandOfStack & { readonly settle?: string };
}

export interface StackFile {
  readonly stack: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** Where it is written what to do when something is broken. */
  readonly runbook?: string;
  /** `observe`: what differs is said, and nothing is touched. `enforce` unless told. */
  readonly mode?: "enforce" | "observe";
  readonly providers?: Providers;
  /** Things outside of groups: so far files, by path. */
  readonly resources?: { readonly file?: Readonly<Record<string, FileOfStack>> };
  readonly groups?: Readonly<Record<string, Group>>;
}

/** A stack: `export default defineStack({ stack: "…", groups: { … } })`. */
export function defineStack(stack: StackFile): StackFile {
  return stack;
}

/** Templates of the built-in types, and of types that plugins bring. Texts in them may hold `${self.slot}` and the like. */
export const types = {
  /** A JSON file per instance in a directory. */
  instanceFile: (properties: BuiltInTypes["instance-file"]) => ({ "instance-file": properties }),
  /** A plain file; in a group its `path` holds `{id}`. */
  file: (properties: BuiltInTypes["file"]) => ({ file: properties }),
  /** A local process that outlives Muster. */
  process: (properties: BuiltInTypes["process"]) => ({ process: properties }),
  /** A container of an engine that speaks Docker's API. */
  container: (properties: BuiltInTypes["container"]) => ({ container: properties }),
  /** A virtual machine that boots an image of one purpose. */
  vm: (properties: BuiltInTypes["vm"]) => ({ vm: properties }),
  /** A virtual machine at DigitalOcean. */
  droplet: (properties: BuiltInTypes["droplet"]) => ({ droplet: properties }),
  /** A type by its name. */
  plugin: fromPlugin,
};

/** The built-in flavors, and flavors that plugins bring. */
export const flavors = {
  /** Members as their template says, with lines added to `init`, and tags. */
  vanilla: (properties: BuiltInFlavors["vanilla"] = {}) => ({ vanilla: properties }),
  /** Healthy are those that answer a request over HTTP as they should. */
  http: (properties: BuiltInFlavors["http"]) => ({ http: properties }),
  /** Healthy are those of whom a command says so, by exiting with 0. */
  command: (properties: BuiltInFlavors["command"]) => ({ command: properties }),
  /** A command or a request when a member was made, and before it is destroyed. */
  hooks: (properties: BuiltInFlavors["hooks"]) => ({ hooks: properties }),
  /** Variables for every member, and for each by its name. */
  environment: (properties: BuiltInFlavors["environment"]) => ({ environment: properties }),
  /** Several flavors as one, in order. */
  combo: (properties: BuiltInFlavors["combo"]) => ({ combo: properties }),
  /** A flavor by its name. */
  plugin: fromPlugin,
};

function fromPlugin(name: string, properties: JsonObject): FromPlugin {
  const one: object = { [name]: properties };
  return one;
}
