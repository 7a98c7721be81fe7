/** What a declaration would do to a stack. Reality is looked at; nothing is written, and nothing is made. */
import { planOf, recall, servingOf, TAKEN_UP } from "@muster/engine";
import {
  type Document,
  type FilePlan,
  type GroupDeclaration,
  type GroupPlan,
  MusterError,
  ownOf,
  type ResourcesPlan,
  type Stack,
  type StackPlan,
  sameJson,
  slotCount,
} from "@muster/model";
import type { Declaration } from "@muster/store";
import { type Agreed, assessSteps } from "./assess-group.ts";
import { assignmentsOf, steeringOf } from "./assignments.ts";
import type { Assignment } from "./bind.ts";
import { changesOfGroup, changesOfStack } from "./changes.ts";
import { sameDocument } from "./commit.ts";
import { declared } from "./declaring.ts";
import type { Standing } from "./front/offered.ts";
import { planFiles } from "./front/plan.ts";
import { type Glance, type GlanceDeps, glance } from "./glance.ts";
import type { Grammar, Outside } from "./ports.ts";
import { provenOf } from "./proven.ts";
import { type GivenSettings, openProviders, toLook } from "./providers.ts";
import { recollect } from "./recollect.ts";
import { refusals } from "./refusals.ts";
import { type Asked, asksNothing } from "./resources/declaring.ts";
import { planResources } from "./resources/plan.ts";

/** What is asked about, and what is so now. */
export interface Proposal {
  readonly before: Declaration | undefined;
  readonly document: Document;
  /** Where it comes from, as in `commit`. */
  readonly source: string;
  /** A Muster keeps the stack now: what is remembered as under way is. */
  readonly kept: boolean;
  /** What is asked for with it. */
  readonly asked?: Asked;
}

export interface PlanDeps extends GlanceDeps, Pick<Outside, "io" | "env" | "reveal"> {
  readonly grammar: Grammar;
  readonly settings: GivenSettings;
}

export async function planStack(proposal: Proposal, deps: PlanDeps): Promise<StackPlan> {
  const { before, document, source } = proposal;
  const now = deps.grammar.stackOf(document);
  const was = before && readable(before.document, deps.grammar);
  const effectsOf = (type: string) => deps.catalog.type(type, document.dialect)?.effects ?? {};
  const refused = refusals({ declaration: before, stack: was }, { document, source }, now, effectsOf);
  const { plans, files, resources } =
    refused.size > 0
      ? {
          plans: [...refused].map(([group, error]) => impossible(now, group, was, error)),
          files: [],
          resources: undefined,
        }
      : await planAll(proposal, was, now, deps);
  return {
    stack: now.name,
    generation: before?.generation ?? 0,
    changed: before === undefined || !sameDocument(before.document, document),
    changes: changesOfStack(was, now),
    mode: now.mode,
    groups: plans.toSorted((a, b) => (a.group < b.group ? -1 : 1)),
    ...(files.length === 0 ? {} : { files }),
    ...(resources === undefined ? {} : { resources }),
  };
}

/** Of what cannot be read any more nothing is known; it can be declared anew all the same. */
function readable(document: Document, grammar: Grammar): Stack | undefined {
  try {
    return grammar.stackOf(document);
  } catch {
    return undefined;
  }
}

async function planAll(
  { before, document, source, kept, asked = {} }: Proposal,
  was: Stack | undefined,
  now: Stack,
  deps: PlanDeps,
): Promise<{
  readonly plans: readonly GroupPlan[];
  readonly files: readonly FilePlan[];
  readonly resources?: ResourcesPlan | undefined;
}> {
  const { grammar, catalog, settings, store } = deps;
  const remembered = async (group: string) => {
    const memory = await recollect(store, now.name, group);
    return memory instanceof MusterError ? null : memory.proven;
  };
  const proven = await provenOf(before, was, catalog, remembered);
  const next =
    before !== undefined && sameDocument(before.document, document) && asksNothing(before, asked, grammar)
      ? before
      : declared(
          { declaration: before, stack: was, proven },
          { stack: now.name, document, source, ...asked },
          "",
          grammar,
        ).next;
  const providers = openProviders(deps.io, toLook);
  try {
    const plans: GroupPlan[] = [];
    const glances = new Map<string, Glance>();
    for (const assignment of assignmentsOf(next, grammar, settings).values()) {
      const reverted = before !== undefined && steeringOf(before, assignment.group.name).reverted;
      const notes = reverted && !assignment.steered.reverted ? [TAKEN_UP] : [];
      const glanced = await glance(assignment, providers, deps);
      glances.set(assignment.group.name, glanced);
      const agreed = agreedIn(next, was, asked, assignment.group);
      plans.push(await planGroup(assignment, { was, kept, notes, agreed }, glanced, deps));
    }
    for (const assignment of before === undefined || was === undefined
      ? []
      : assignmentsOf(before, grammar, settings).values()) {
      if (Object.hasOwn(now.groups, assignment.group.name)) continue;
      plans.push(released(assignment.group, await glance(assignment, providers, deps)));
    }
    const standingOf = (group: string) => standingIn(glances.get(group), deps);
    const files = await planFiles(now, was, { ...deps, providers, standingOf });
    return { plans, files, resources: await planResources(next, was, { ...deps, providers, env: deps.env ?? {} }) };
  } finally {
    await providers.close();
  }
}

interface Known {
  readonly was: Stack | undefined;
  readonly kept: boolean;
  readonly notes: readonly string[];
  readonly agreed: Agreed;
}

/**
 * What was declared before was agreed to then: nobody is asked again for it, not even where a member was made otherwise by
 * somebody else since.
 */
function agreedIn(
  { resources }: Declaration,
  was: Stack | undefined,
  { allow = [] }: Asked,
  { name, template }: GroupDeclaration,
): Agreed {
  if ([...allow, ...(resources?.allow ?? [])].includes("irreversible")) return () => true;
  const before = was && ownOf(was.groups, name)?.template.properties;
  return (property) =>
    before !== undefined && sameJson(ownOf(before, property) ?? null, ownOf(template.properties, property) ?? null);
}

/** The members that can be given work now. */
export function standingIn(
  glanced: Glance | undefined,
  { clock }: Pick<PlanDeps, "clock">,
): Standing | "unseen" | "unkept" {
  if (glanced === undefined) return "unkept";
  if (glanced.kind !== "seen") return "unseen";
  const { bound, look, memory } = glanced;
  return { members: servingOf({ ...bound, look, memory, now: clock.now() }), cause: "intentional" };
}

async function planGroup(
  assignment: Assignment,
  { was, kept, notes, agreed }: Known,
  glanced: Glance,
  deps: PlanDeps,
): Promise<GroupPlan> {
  const { group } = assignment;
  const base = baseOf(group.name, was, group);
  if (glanced.kind !== "seen") {
    const { reason, message } = glanced.trouble;
    return { ...base, steps: [], away: null, notes, untold: { reason, message } };
  }
  const { bound, look, moved } = glanced;
  const now = deps.clock.now();
  const memory = kept ? glanced.memory : recall(glanced.memory, now);
  const { declared, traits } = bound;
  const prospect = { declared, traits, look, memory, sizeBefore: base.size.before ?? undefined, now };
  const planned = planOf(prospect);
  const assessed = await assessSteps(planned.steps, prospect, bound, agreed, deps.clock);
  const all = [...notes, ...(moved === undefined ? [] : [moved]), ...planned.notes];
  return { ...base, ...planned, ...assessed, notes: [...new Set(all)] };
}

type Base = Pick<GroupPlan, "group" | "type" | "declared" | "changes" | "size">;

function baseOf(name: string, was: Stack | undefined, group: Stack["groups"][string]): Base {
  const old = was && ownOf(was.groups, name);
  const after = slotCount(group.slots);
  const common = { group: name, type: group.template.name };
  if (old === undefined) return { ...common, declared: "new", changes: [], size: { before: null, after } };
  const changes = changesOfGroup(old, group);
  const size = { before: slotCount(old.slots), after };
  return { ...common, declared: changes.length === 0 ? "unchanged" : "changed", changes, size };
}

function released({ name, template, slots }: Assignment["group"], glanced: Glance): GroupPlan {
  const there = glanced.kind === "seen" ? glanced.look.members.length : undefined;
  const stay = there === undefined ? "its members stay" : there === 1 ? "1 member stays" : `${there} members stay`;
  const common = {
    group: name,
    type: template.name,
    declared: "released",
    changes: [],
    steps: [],
    away: null,
  } as const;
  return { ...common, size: { before: slotCount(slots), after: null }, notes: [`no longer declared: ${stay}`] };
}

/** What is refused whole, told of the group that it is refused for. */
function impossible(now: Stack, name: string, was: Stack | undefined, error: MusterError): GroupPlan {
  const group = ownOf(now.groups, name);
  const base: Base =
    group === undefined
      ? { group: name, type: "", declared: "changed", changes: [], size: { before: null, after: null } }
      : baseOf(name, was, group);
  const count = base.size.before ?? 0;
  const { message: why, next } = error;
  const steps = [{ effect: "impossible", count, atOnce: count, members: [], why, next } as const];
  return { ...base, steps, away: null, notes: [] };
}
