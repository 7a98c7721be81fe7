import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  type EventDraft,
  type GroupDeclaration,
  hashPlain,
  type JsonObject,
  ownOf,
  type Stack,
  sameJson,
} from "@muster/model";
import { type Declaration, type Steering, UNSTEERED } from "@muster/store";
import type { Grammar } from "./ports.ts";

export function sameDocument(a: Document, b: Document): boolean {
  return a.dialect === b.dialect && sameJson(a.data, b.data);
}

/** What was declared before, and what can still be read of it. */
export interface Before {
  readonly declaration: Declaration | undefined;
  readonly stack: Stack | undefined;
  /** Groups whose version had been carried through to everyone. */
  readonly proven: ReadonlySet<string>;
}

/**
 * What stays of the steering, and what a revert goes back to from now on. A version that never reached everyone is not
 * gone back to: then the one before it stays. Whoever declares another version asks for it: that it failed once counts no
 * more.
 */
export function carriedOver(
  { declaration, stack, proven }: Before,
  now: Stack,
  generation: number,
  grammar: Pick<Grammar, "onlyGroup">,
): Pick<Declaration, "steering" | "former"> {
  const steering: Record<string, Steering> = {};
  const former: Record<string, Document> = {};
  for (const [name, group] of Object.entries(now.groups)) {
    const old = stack && ownOf(stack.groups, name);
    if (declaration === undefined || old === undefined) continue;
    const changed = !sameVersion(old, group);
    const asked = ownOf(declaration.steering, name);
    if (changed) steering[name] = { ...UNSTEERED, ...asked, reverted: false, promoted: false, retriedIn: generation };
    // Where other things must hold, what had failed may pass; what a person has said of the version stays said.
    else if (!sameChecks(old, group)) steering[name] = { ...UNSTEERED, ...asked, retriedIn: generation };
    else if (asked !== undefined) steering[name] = asked;
    const before =
      changed && proven.has(name) ? grammar.onlyGroup(declaration.document, name) : ownOf(declaration.former, name);
    if (before !== undefined) former[name] = before;
  }
  return { steering, former };
}

/** There is a version to go back to, and it is another one. */
export function hasFormer(
  { former, document }: Declaration,
  group: string,
  grammar: Pick<Grammar, "stackOf">,
): boolean {
  const before = ownOf(former, group);
  const [old, now] = [
    before && ownOf(grammar.stackOf(before).groups, group),
    ownOf(grammar.stackOf(document).groups, group),
  ];
  return old !== undefined && now !== undefined && !sameVersion(old, now);
}

function sameVersion(a: GroupDeclaration, b: GroupDeclaration): boolean {
  return sameJson(asWritten(a), asWritten(b));
}

function sameChecks(a: GroupDeclaration, b: GroupDeclaration): boolean {
  return isDeepStrictEqual(a.checks, b.checks);
}

function asWritten({ template, flavor }: GroupDeclaration): JsonObject {
  return { template: { ...template }, flavor: { ...flavor } };
}

/** What a commit changes, group by group. */
export function eventsOfCommit(was: Stack | undefined, now: Stack, generation: number, actor: string): EventDraft[] {
  const common = { actor, cause: "intentional" } as const;
  const events: EventDraft[] = [{ ...common, ...stackCommitted(was, now, generation) }];
  for (const group of Object.values(now.groups)) {
    const old = was && ownOf(was.groups, group.name);
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
    if (Object.hasOwn(now.groups, name)) continue;
    events.push({ ...common, type: "group.released", group: name, message: "no longer declared; its members stay" });
  }
  return events;
}

function stackCommitted(
  was: Stack | undefined,
  { mode }: Stack,
  generation: number,
): Pick<EventDraft, "type" | "message" | "before" | "after"> {
  const message = `declared, generation ${generation}`;
  const after = { generation, mode };
  if (was === undefined) return { type: "stack.committed", message, after };
  const changed = was.mode === mode ? "" : `, mode ${was.mode} → ${mode}`;
  const before = { generation: generation - 1, mode: was.mode };
  return { type: "stack.committed", message: `${message}${changed}`, before, after };
}

function summary({ slots, template, flavor, rollout, repair, checks }: GroupDeclaration): JsonObject {
  const count: JsonObject = slots.kind === "numbered" ? { size: slots.size } : { members: slots.names };
  return {
    ...count,
    template: { [template.name]: template.properties },
    flavor: { [flavor.name]: flavor.properties },
    ...(Object.keys(rollout).length === 0 ? {} : { rollout: { ...rollout } }),
    ...(Object.keys(repair).length === 0 ? {} : { repair: { ...repair } }),
    // They may hold what is nobody's business: that they are others is told, and not how.
    ...(checks.length === 0 ? {} : { checks: { count: checks.length, sha256: hashPlain([...checks]).slice(0, 12) } }),
  };
}
