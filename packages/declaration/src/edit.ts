/** Changes of a document that a command makes: what is not named stays as it was written. */
import {
  type Address,
  type Document,
  didYouMean,
  isObject,
  type Json,
  type JsonObject,
  MusterError,
  nearest,
  ownOf,
} from "@muster/model";
import { asWritten, valueAt } from "./places.ts";
import { type Path, sourceOf } from "./source.ts";
import { stackOf } from "./stack.ts";

/**
 * The document with another size for a group. Throws `group.not-found`, `group.named-members`, and in MusterErrors what
 * the grammar says of it: a `declaration.bad-size`, or a `declaration.policies-contradict` where as many canaries as
 * members would be left.
 *
 * @param file which the document was declared in, for the errors
 */
export function resize(document: Document, group: string, size: number, file?: string): Document {
  const declared = groupOf(document, group);
  if (declared.slots.kind === "named") throw new MusterError("group.named-members", { group });
  const resized = withValueAt(document, sizePath(document, group), size);
  // It is going to be kept, so it has to be readable.
  stackOf(resized, sourceOf(resized, file));
  return resized;
}

/** The document without a group; null when nothing is left in it. Throws `group.not-found`. */
export function withoutGroup(document: Document, group: string): Document | null {
  groupOf(document, group);
  const { groups } = document.data;
  if (document.dialect === "infrakit" || !isObject(groups)) return null;
  return unlessEmpty({ ...document, data: { ...document.data, groups: without(groups, group) } });
}

/**
 * A document of one resource alone, with the settings that it may be opened with. What it depends on and whom it tells is
 * left out, and so are its checks; references in its properties stay as they are written. Throws RangeError where it has none of that address.
 */
export function onlyResource(document: Document, address: Address): Document {
  const resource = ownOf(stackOf(document).resources, address);
  if (resource === undefined) throw new RangeError(`the document has no ${address}`);
  const { type, name, provider } = resource;
  const entry = valueAt(document.data, ["resources", type, name]);
  const alone = without(isObject(entry) ? entry : {}, "dependsOn", "notify", "checks");
  const { providers, ...others } = without(document.data, "purge", "checks");
  const data: JsonObject = { ...others, resources: { [type]: { [name]: alone } }, groups: {} };
  if (!isObject(providers)) return { ...document, data };
  return { ...document, data: { ...data, providers: ownEntries(providers, type, provider) } };
}

/** Which family a type is of, only the type knows: where it has no entry of its own, any other may be its family's. */
function ownEntries(providers: JsonObject, type: string, provider: string | undefined): JsonObject {
  const name = provider ?? type;
  return Object.hasOwn(providers, name) ? { [name]: providers[name] ?? null } : providers;
}

function without(mapping: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => !keys.includes(name)));
}

/** Null where neither a group nor a resource is left. */
function unlessEmpty(document: Document): Document | null {
  const { groups, resources } = document.data;
  const kinds = isObject(resources) ? Object.values(resources) : [];
  return [groups, ...kinds].some((each) => isObject(each) && Object.keys(each).length > 0) ? document : null;
}

/** A document of one group alone, with all that it rests on. Throws `group.not-found`. */
export function onlyGroup(document: Document, group: string): Document {
  groupOf(document, group);
  const { groups } = document.data;
  if (document.dialect === "infrakit" || !isObject(groups)) return document;
  const others = without(document.data, "resources", "purge", "checks");
  return { ...document, data: { ...others, groups: { [group]: groups[group] ?? null } } };
}

function groupOf(document: Document, group: string) {
  const { groups } = stackOf(document);
  const declared = Object.hasOwn(groups, group) ? groups[group] : undefined;
  if (declared) return declared;
  const words = { group, nearest: didYouMean(nearest(group, Object.keys(groups))) };
  throw new MusterError("group.not-found", words);
}

/** InfraKit's size is in `Allocation`, or in the flavor's properties where there is none. */
function sizePath(document: Document, group: string): Path {
  if (document.dialect === "muster") return ["groups", group, "size"];
  const { data } = document;
  const allocation = asWritten(data, ["Properties", "Allocation"]);
  const inAllocation = (valueAt(data, allocation) ?? null) !== null;
  return asWritten(data, ["Properties", ...(inAllocation ? ["Allocation"] : ["Flavor", "Properties"]), "Size"]);
}

/** The document with this at that place. */
export function withValueAt(document: Document, path: Path, value: Json): Document {
  return { ...document, data: withValue(document.data, path, value) };
}

function withValue(data: JsonObject, [step, ...others]: Path, value: Json): JsonObject {
  if (step === undefined) return data;
  if (others.length === 0) return { ...data, [step]: value };
  const inner = data[step];
  return { ...data, [step]: withValue(isObject(inner) ? inner : {}, others, value) };
}
