/** Whether the resources of a stack can all be there together, and each come after what it needs. */
import { type Address, addressOf, cycleIn, ownOf, type ResourceDeclaration, type Stack } from "@muster/model";
import { graphOf, type ResourceEdge, resourceEdges, spoken, type TypeOf, wantedOf, wordsOf } from "@muster/plugin";
import type { Problems } from "./problems.ts";
import { type Declared, placeIn, placeOfAddress } from "./resource-places.ts";
import type { Path } from "./source.ts";

/** @param typeOf of resources that their types have nothing against; undefined for others */
export function checkOrder(declared: Declared, typeOf: TypeOf, problems: Problems): void {
  const { resources } = declared.stack;
  checkDoubles(declared, typeOf, problems);
  const edges = resourceEdges(resources, typeOf);
  for (const edge of edges) if (edge.kind === "restsOn") checkGround(edge, resources, problems);
  // What speaks of a thing that is to be gone is told as that, and not once more as a ring.
  const meant = edges.filter(({ kind, by, of }) => {
    return (
      kind === "makesRoom" ||
      resources[of]?.ensure === "present" ||
      (resources[by]?.ensure === "absent" && kind !== "notify")
    );
  });
  const ring = cycleIn(graphOf(resources, meant));
  if (ring !== undefined) noteRing(ring, meant, declared, problems);
}

/**
 * What is to be gone makes room for what is to be there; two that are to be there have no room. And of one thing, known by
 * its name, nobody can say both.
 */
function checkDoubles({ stack, types }: Declared, typeOf: TypeOf, problems: Problems): void {
  const holders = new Map<string, Address>();
  const fileType = types.get("file");
  for (const path of Object.keys(stack.fronts)) {
    for (const word of wordsOf({ name: path, properties: {} }, fileType).exclusive) {
      holders.set(word, addressOf("file", path));
    }
  }
  const fronts = new Set(holders.values());
  const things = new Map<string, ResourceDeclaration>();
  for (const resource of Object.values(stack.resources)) {
    for (const word of wordsOf(resource, typeOf(resource)).exclusive) {
      const holder = holders.get(word);
      const isFront = holder !== undefined && fronts.has(holder);
      if (resource.ensure === "absent" && !isFront) continue;
      if (holder === undefined) holders.set(word, resource.address);
      else if (holder !== resource.address || isFront) noteDouble(resource, spoken(word), holder, problems);
    }
    const type = typeOf(resource);
    if (type?.known !== "claim") continue;
    const id = wantedOf(resource, type)[type.naming];
    const word = `${resource.type}\n${resource.provider ?? ""}\n${String(id)}`;
    const other = things.get(word);
    const isTold = type.exclusive !== undefined || resource.ensure === "absent";
    if (other === undefined) things.set(word, resource);
    else if (other.ensure !== resource.ensure || !isTold) noteDouble(resource, String(id), other.address, problems);
  }
}

function noteDouble(resource: ResourceDeclaration, word: string, holder: Address, problems: Problems): void {
  const detail = `\`${holder}\` has \`${word}\` already, and two things cannot have it`;
  const fix = "Take out one of them, or give it another name.";
  const words = { address: resource.address, detail, fix };
  problems.add("declaration.resources-contradict", words, placeIn(resource), "key");
}

function checkGround(
  { by, of, word }: Pick<ResourceEdge, "by" | "of"> & { readonly word: string },
  resources: Stack["resources"],
  problems: Problems,
): void {
  const resource = ownOf(resources, by);
  if (resource?.ensure !== "present" || ownOf(resources, of)?.ensure !== "absent") return;
  const detail = `it rests on \`${of}\` (${word}), which is to be gone (\`ensure: absent\`)`;
  const words = { address: by, detail, fix: "Let that one be present, or this one be absent too." };
  problems.add("declaration.resources-contradict", words, placeIn(resource), "key");
}

/** Of a ring so many are named. */
const MOST_NAMED = 8;

function noteRing(
  ring: readonly Address[],
  edges: readonly ResourceEdge[],
  { stack, data }: Declared,
  problems: Problems,
): void {
  const steps = new Set(ring.slice(1).map((after, index) => `${ring[index]}\n${after}`));
  const found = new Map<string, ResourceEdge>();
  for (const edge of edges) {
    const step = `${edge.first}\n${edge.first === edge.by ? edge.of : edge.by}`;
    // What is written can be taken out; what follows from a path cannot so easily.
    if (steps.has(step) && !found.has(step)) found.set(step, edge);
  }
  const inRing = [...steps].flatMap((step) => found.get(step) ?? []);
  const [first] = inRing;
  const resource = first && ownOf(stack.resources, first.by);
  const words = { ring: cut(ring, " → "), edges: cut(inRing.map(said), "; ") };
  const path = first === undefined || resource === undefined ? ["resources"] : placeOf(first, resource, data);
  problems.add("declaration.ring", words, path, first?.kind === "restsOn" ? "key" : "value");
}

function said(edge: ResourceEdge): string {
  switch (edge.kind) {
    case "dependsOn":
      return `\`${edge.by}\` depends on \`${edge.of}\``;
    case "notify":
      return `\`${edge.by}\` tells \`${edge.of}\` (\`notify\`)`;
    case "reference":
      return `\`${edge.property}\` of \`${edge.by}\` refers to \`${edge.of}\``;
    case "restsOn":
      return `\`${edge.by}\` rests on \`${edge.of}\` (${edge.word})`;
    case "makesRoom":
      return `\`${edge.by}\` makes room for \`${edge.of}\` (${edge.word})`;
  }
}

function placeOf(edge: ResourceEdge, resource: ResourceDeclaration, data: Declared["data"]): Path {
  if (edge.kind === "reference") return placeIn(resource, edge.property);
  return edge.kind === "dependsOn" || edge.kind === "notify"
    ? placeOfAddress(resource, edge.kind, edge.of, data)
    : placeIn(resource);
}

function cut(parts: readonly string[], between: string): string {
  if (parts.length <= MOST_NAMED + 1) return parts.join(between);
  const left = parts.length - MOST_NAMED;
  return [...parts.slice(0, MOST_NAMED - 1), `(${left} more)`, parts.at(-1)].join(between);
}
