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
import type { JsonObject, Purge } from "@muster/model";
import type { BuiltInTypes, Providers } from "./built-in-types.ts";
import type { CheckEntry } from "./check.ts";
import type { Repair, Rollout } from "./policies.ts";
import { plainResources, type ResourceList, type ResourcesByType } from "./resources.ts";

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
  /** What must hold of each member besides its health: `check.http("http://127.0.0.1:${self.port}/").status(200)`. */
  readonly checks?: readonly CheckEntry[];
};

export interface StackFile {
  readonly stack: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** Where it is written what to do when something is broken. */
  readonly runbook?: string;
  /** `observe`: what differs is said, and nothing is touched. `enforce` unless told. */
  readonly mode?: "enforce" | "observe";
  readonly providers?: Providers;
  /** Things outside of groups: by type and name as in YAML, or a list of `resource.TYPE(NAME, {…})`. */
  readonly resources?: ResourcesByType | ResourceList;
  /** By type: whether its things that nothing declares are only listed (`noop`), or destroyed. */
  readonly purge?: Readonly<Record<string, Purge>>;
  readonly groups?: Readonly<Record<string, Group>>;
  /** What can be true or false of what there is: `check.port(8080).listening()`. */
  readonly checks?: readonly CheckEntry[];
}

/** A stack: `export default defineStack({ stack: "…", groups: { … } })`. */
export function defineStack(stack: StackFile): StackFile {
  return stack.resources === undefined ? stack : { ...stack, resources: plainResources(stack.resources) };
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
