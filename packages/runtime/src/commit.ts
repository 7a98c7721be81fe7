import {
  type Document,
  type EventDraft,
  type GroupDeclaration,
  type JsonObject,
  MusterError,
  type Stack,
  sameJson,
} from "@muster/model";
import type { Declaration } from "@muster/store";

export function sameDocument(a: Document, b: Document): boolean {
  return a.dialect === b.dialect && sameJson(a.data, b.data);
}

/** A change after which the members would not be known any more is refused: they would be orphaned. */
export function refuseOrphaning(
  before: Declaration | undefined,
  was: Stack | undefined,
  document: Document,
  now: Stack,
  source: string,
): void {
  if (before === undefined || was === undefined) return;
  if (before.document.dialect !== document.dialect) {
    const words = { stack: now.name, file: source, before: before.document.dialect, after: document.dialect };
    throw new MusterError("declaration.dialect-changed", words, { place: { file: source } });
  }
  for (const group of Object.values(now.groups)) {
    const old = was.groups[group.name];
    if (old === undefined || old.template.name === group.template.name) continue;
    const words = { group: group.name, before: old.template.name, after: group.template.name };
    throw new MusterError("declaration.type-changed", words, { place: { file: source, path: `groups.${group.name}` } });
  }
}

/** What a commit changes, group by group. */
export function eventsOfCommit(was: Stack | undefined, now: Stack, generation: number, actor: string): EventDraft[] {
  const common = { actor, cause: "intentional" } as const;
  const events: EventDraft[] = [
    { ...common, type: "stack.committed", message: `declared, generation ${generation}`, after: { generation } },
  ];
  for (const group of Object.values(now.groups)) {
    const old = was?.groups[group.name];
    const before = old === undefined ? undefined : summary(old);
    const after = summary(group);
    if (sameJson(before, after)) continue;
    const message = before === undefined ? "declared" : "declared anew";
    events.push({
      ...common,
      type: "group.committed",
      group: group.name,
      message,
      after,
      ...(before ? { before } : {}),
    });
  }
  for (const name of Object.keys(was?.groups ?? {})) {
    if (name in now.groups) continue;
    events.push({ ...common, type: "group.released", group: name, message: "no longer declared; its members stay" });
  }
  return events;
}

function summary({ slots, template, flavor }: GroupDeclaration): JsonObject {
  const count: JsonObject = slots.kind === "numbered" ? { size: slots.size } : { members: slots.names };
  return { ...count, template: { [template.name]: template.properties }, flavor: { [flavor.name]: flavor.properties } };
}
