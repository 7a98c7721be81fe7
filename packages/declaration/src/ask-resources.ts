/** What the providers of resources do not want to make, and what they cannot do. */
import { type Address, MusterError, type ResourceDeclaration } from "@muster/model";
import {
  asProviderError,
  errorCodeOf,
  type Provider,
  type ResourceType,
  type TaskProvider,
  type TaskType,
  type Type,
} from "@muster/plugin";
import type { Sound } from "./check-resources.ts";
import type { Problems } from "./problems.ts";
import { noteRefused } from "./refusal.ts";
import { type Declared, placeIn, placeOfAddress } from "./resource-places.ts";
import { propertiesOf } from "./schema.ts";
import type { Path } from "./source.ts";

/** Providers, opened with the settings of an entry under `providers`; missing: those of the type, or of its family. */
export interface Openers {
  opened?(type: Type, provider?: string): Promise<Provider>;
  openedTask?(type: TaskType, provider?: string): Promise<TaskProvider>;
}

/** @param purged types whose things are to be listed, declared or not */
export async function askForResources(
  sound: ReadonlyMap<Address, Sound>,
  declared: Declared,
  purged: readonly Type[],
  openers: Openers,
  problems: Problems,
): Promise<void> {
  const open = opening(openers, problems);
  for (const { resource, type, want, isWhole } of sound.values()) {
    if (resource.ensure === "absent" || !isWhole) continue;
    const provider = await open(type, resource.provider);
    try {
      await provider?.validate?.(want);
    } catch (thrown) {
      noteRefused(thrown, { name: type.name, path: placeIn(resource) }, declared.data, problems);
    }
  }
  for (const { resource } of sound.values()) {
    for (const address of resource.notify) {
      const target = sound.get(address);
      if (target === undefined || target.type.known === "task") continue;
      const provider = await open(target.type, target.resource.provider);
      if (provider !== undefined && !("refresh" in provider)) noteDeaf(resource, target, declared, problems);
    }
  }
  for (const type of purged) {
    const provider = await open(type);
    if (provider === undefined || "list" in provider) continue;
    const fix = propertiesOf(type.settings).includes("root")
      ? `Say below which directory, \`providers: { ${type.name}: { root: … } }\`; or leave it out here.`
      : "Leave it out here.";
    problems.add("declaration.not-purgeable", { type: type.name, fix }, ["purge", type.name], "key");
  }
}

/** Each is opened once; why it could not be is noted once. */
function opening(openers: Openers, problems: Problems) {
  const opened = new Map<string, Promise<Provider | TaskProvider | undefined>>();
  const open = async (type: ResourceType, entry?: string): Promise<Provider | TaskProvider | undefined> => {
    try {
      return await (type.known === "task" ? openers.openedTask?.(type, entry) : openers.opened?.(type, entry));
    } catch (thrown) {
      noteThrown(thrown, type.name, ["resources", type.name], problems);
      return undefined;
    }
  };
  return (type: ResourceType, entry?: string) => {
    const key = `${type.name}\n${entry ?? ""}`;
    const known = opened.get(key) ?? open(type, entry);
    opened.set(key, known);
    return known;
  };
}

function noteThrown(thrown: unknown, name: string, path: Path, problems: Problems): void {
  const { kind, message: detail } = asProviderError(thrown);
  if (thrown instanceof MusterError) problems.addError(thrown);
  else problems.add(errorCodeOf(kind), { name, detail }, path, "key");
}

function noteDeaf(
  resource: ResourceDeclaration,
  { resource: told, type }: Sound,
  { data }: Declared,
  problems: Problems,
) {
  const detail = `it tells \`${told.address}\`, and nothing can be done to things of type ${type.name} when they are told`;
  const words = { address: resource.address, detail, fix: "Tell one that can be refreshed, or leave it out." };
  const path = placeOfAddress(resource, "notify", told.address, data);
  problems.add("declaration.resources-contradict", words, path);
}
