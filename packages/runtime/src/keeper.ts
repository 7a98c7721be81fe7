/**
 * Keeps one stack: holds its lease, its declaration and a controller for each of its groups. `watch`, `apply`, the
 * daemon and the simulator all work through it.
 */
import {
  type Address,
  addressOfOwner,
  type Document,
  type EventDraft,
  isConverged,
  MusterError,
  resourcesSettled,
  type Stack,
} from "@muster/model";
import type { Declaration, Writes } from "@muster/store";
import { assignmentsOf, steeringOf } from "./assignments.ts";
import type { Assignment } from "./bind.ts";
import { checksWhereDeclared } from "./checks/where-declared.ts";
import { sameDocument } from "./commit.ts";
import { confirmAll } from "./confirm-all.ts";
import type { GroupController } from "./controller.ts";
import { dayTwo } from "./day-two.ts";
import { declared, destroying, removed, type Transition } from "./declaring.ts";
import { MUSTER } from "./events.ts";
import { runCommand } from "./front/command.ts";
import { keepFronts } from "./front/fronts.ts";
import { keepGroups } from "./keep-groups.ts";
import { provenOf } from "./proven.ts";
import { openProviders } from "./providers.ts";
import { recollect } from "./recollect.ts";
import { refusals } from "./refusals.ts";
import { type Asked, asksNothing, pruned } from "./resources/declaring.ts";
import { changedResources } from "./resources/plan.ts";
import { resourcesWhereDeclared } from "./resources/where-declared.ts";
import type { KeeperDeps, StackKeeper } from "./stack-keeper.ts";
import { steerGroups } from "./steer-groups.ts";
import { inTurn } from "./turns.ts";
import { groupViews } from "./view.ts";

export type { GroupView, KeeperDeps, StackKeeper } from "./stack-keeper.ts";

/** Goes on with what the store knows of the stack; a stack that it does not know begins with `commit`. */
export async function keepStack(deps: KeeperDeps): Promise<StackKeeper> {
  const { store, lease, grammar, catalog, settings, clock } = deps;
  const { stack } = lease;
  const providers = openProviders(deps.io);
  const serially = inTurn();
  const groups = keepGroups({
    ...{ stack, store, write, catalog, providers, io: deps.io, clock, decide: deps.decide, hostPorts: deps.hostPorts },
    ...(deps.askChecks === undefined ? {} : { askChecks: deps.askChecks }),
    ...{ isOver: () => over, isDeclaring: () => declaring, onLost: lose },
    onStatus(group, status) {
      deps.onStatus(group, status);
      if (isConverged(status)) checking.wake();
    },
    onPass: (group) => fronts.wake(group),
    withdrawn: (...of) => fronts.withdrawn(...of),
    onGone: (group) => void serially(() => forget(group)).catch(tellTrouble),
  });
  const fronts = keepFronts({
    ...{ stack, store, write, catalog, providers, settings, clock, run: deps.run ?? runCommand, onLost: lose },
    ...{ standingOf: groups.standingOf, onTrouble: tellTrouble },
  });
  const checking = checksWhereDeclared({
    ...{ stack, store, write, clock, ask: deps.askChecks, isAtRest, onLost: lose, onTrouble: tellTrouble },
    things: { whomOf: (address) => tending.things.whomOf(address), valueOf: (...of) => tending.things.valueOf(...of) },
  });
  const tending = resourcesWhereDeclared({
    ...{ stack, store, write, catalog, grammar, providers, settings, clock, io: deps.io, onLost: lose },
    ...{ env: deps.env ?? {}, reveal: deps.reveal, isOver: () => over, onTrouble: tellTrouble },
    onPruned: (addresses) => void serially(() => forgetReleased(addresses)).catch(tellTrouble),
    onGone: () => void serially(forgetAll).catch(tellTrouble),
    onView: (view) => deps.onResources?.(view),
    onSettled: checking.wake,
  });
  const endWatch = catalog.onChange(wakeAll);
  let declaration = await store.declaration(stack);
  let over = false;
  let begun = false;
  let declaring = false;
  if (deps.waits !== true) await begin();

  async function begin(): Promise<void> {
    if (begun) return;
    begun = true;
    await assignAll(declaration);
  }

  async function write(writes: Writes): Promise<void> {
    for (const event of await store.write(lease, writes, clock.now())) deps.onEvent(event);
  }

  /** Gives every group its controller and its assignment, and ends the controllers of those that are no more. */
  async function assignAll(from: Declaration | undefined): Promise<void> {
    const assignments = from === undefined ? new Map<string, Assignment>() : assignmentsOf(from, grammar, settings);
    // Those that are no more end at once, and the others do not wait for what they still have under way.
    const ended = groups.endOthers(assignments);
    await groups.assign(assignments);
    await fronts.assign(from && grammar.stackOf(from.document));
    await tending.assign(from);
    await checking.assign(standing(from), from?.generation ?? 0);
    confirmAll(await ended);
  }

  /** What is declared and is to stay. */
  function standing(from: Declaration | undefined): Stack | undefined {
    const isToGo = from === undefined || from.resources?.destroying === true || over;
    return isToGo ? undefined : grammar.stackOf(from.document);
  }

  function isAtRest(): boolean {
    const now = declaration;
    if (now === undefined) return false;
    const resources = tending.view();
    const isSettled = resources === undefined || resourcesSettled(resources, now.generation);
    return isSettled && groups.areConverged(now.generation);
  }

  async function forgetReleased(addresses: readonly Address[]): Promise<void> {
    if (over || declaration === undefined) return;
    await take({ next: pruned(declaration, addresses), events: [], gone: [] });
  }

  /** All that was to go with the stack is gone, as far as resources go. Its groups forget themselves. */
  async function forgetAll(): Promise<void> {
    if (over || declaration?.resources?.destroying !== true) return;
    if (Object.keys(grammar.stackOf(declaration.document).groups).length > 0) return;
    const message = "destroyed, down to the last resource";
    const event: EventDraft = { type: "stack.removed", actor: MUSTER, cause: "intentional", message };
    // What was released before stays, and belongs to nobody from now on.
    const claims = (await store.claims(stack)).filter(({ mark }) => addressOfOwner(mark.owner) !== undefined);
    await take({ next: undefined, events: [event], gone: Object.keys(tending.forget()), release: claims });
  }

  function tellTrouble(thrown: unknown): void {
    deps.onTrouble?.(thrown);
  }

  /** The group was destroyed and is gone. Where this cannot be written it is kept on, and its next look tries again. */
  async function forget(group: string): Promise<void> {
    if (over || declaration === undefined || steeringOf(declaration, group).goal !== "destroying") return;
    await take(removed(known(), group, grammar));
  }

  /** Writes down what is declared from now on, and keeps that. */
  async function take(
    { next, events, gone, release = [] }: Transition & Pick<Writes, "release">,
    changed: readonly Address[] = [],
  ): Promise<void> {
    const forgotten = {
      ...Object.fromEntries(gone.map((group) => [group, null])),
      ...(next === undefined ? checking.forget() : {}),
    };
    declaring = true;
    try {
      const memory = { ...forgotten, ...(await tending.expect(changed, next)) };
      const remembered = Object.keys(memory).length === 0 ? {} : { memory };
      await write({ declaration: next ?? null, events, release, ...remembered });
      declaration = next;
      begun = true;
      const assigned = assignAll(next);
      declaring = false;
      await assigned;
    } finally {
      declaring = false;
    }
  }

  function known(): Declaration {
    if (over) throw new MusterError("stack.lost", { stack, detail: "it has been let go" });
    if (declaration === undefined) throw new MusterError("group.not-found", { group: stack, nearest: "" });
    return declaration;
  }

  /** Whoever only observes is asked for nothing that would be done to members: nobody would do it. */
  function controllerToChange(group: string): GroupController {
    const controller = groups.of(group);
    // As commands take it, whatever groups other stacks have.
    const place = `${stack}/${group}`;
    if (grammar.stackOf(known().document).mode === "observe")
      throw new MusterError("group.observed", { group: place, stack });
    return controller;
  }

  function wakeAll(): void {
    groups.wake();
    fronts.wakeAll();
    tending.wake();
  }

  function lose(error: MusterError): void {
    if (over) return;
    over = true;
    deps.onLost(error);
  }

  async function commit(document: Document, source: string, actor: string, asked: Asked = {}): Promise<Declaration> {
    if (over) throw new MusterError("stack.lost", { stack, detail: "it has been let go" });
    const before = declaration;
    if (before !== undefined && sameDocument(before.document, document) && asksNothing(before, asked, grammar)) {
      // The same in another copy, of which everything is read already.
      const same = { ...before, document };
      declaration = same;
      if (!begun) await begin();
      // Whoever declares it once more wants what has failed to be tried now.
      else await tending.assign(same);
      return same;
    }
    const was = before === undefined ? undefined : readable(before.document);
    const effectsOf = (type: string) => catalog.type(type, document.dialect)?.effects ?? {};
    const to = { stack, document, source };
    const [refused] = refusals({ declaration: before, stack: was }, to, grammar.stackOf(document), effectsOf).values();
    if (refused !== undefined) throw refused;
    const proven = await provenOf(before, was, catalog, provenIn);
    const transition = declared({ declaration: before, stack: was, proven }, { ...to, ...asked }, actor, grammar);
    await take(transition, changedResources(was, grammar.stackOf(document)));
    return transition.next;
  }

  async function destroyAll(actor: string): Promise<Declaration> {
    const before = known();
    const { resources, mode } = grammar.stackOf(before.document);
    if (mode === "observe") throw new MusterError("stack.observed", { stack });
    const [kept] = Object.values(resources).filter(({ protect, ensure }) => protect && ensure === "present");
    if (kept !== undefined) throw new MusterError("resource.protected", { address: kept.address });
    const transition = destroying(before, actor, grammar);
    await take(transition, Object.keys(resources));
    return transition.next;
  }

  /** As it is written down: a controller may not have heard yet that it is. */
  async function provenIn(group: string): Promise<string | null> {
    const memory = await recollect(store, stack, group);
    return memory instanceof MusterError ? null : memory.proven;
  }

  /** A declaration of before that cannot be read any more must not keep a better one from being taken. */
  function readable(document: Document): Stack | undefined {
    try {
      return grammar.stackOf(document);
    } catch (thrown) {
      deps.onTrouble?.(thrown);
      return undefined;
    }
  }

  return {
    stack,
    declaration: () => declaration,
    begin: () => serially(begin),
    commit: (document, source, actor, asked) => serially(() => commit(document, source, actor, asked)),
    resources: () =>
      tending.view() ?? { observedGeneration: declaration?.generation ?? 0, settled: true, statuses: [] },
    checks: () => checking.view(declaration?.generation ?? 0),
    askChecks: async () => checking.askNow(known().generation),
    destroyAll: (actor) => serially(() => destroyAll(actor)),
    groups() {
      const now = declaration;
      if (now === undefined) return [];
      return groupViews(now, grammar.stackOf(now.document), (group) => groups.statusOf(group, now.generation));
    },
    members: (group) => groups.of(group).members(),
    policy: (group) => groups.of(group).policy(),
    whom: (group) => groups.of(group).whom(),
    seen: (group) => groups.of(group).seen(),
    ...steerGroups({ stack, grammar, known, controllerOf: groups.of, controllerToChange, commit, take, serially }),
    ...dayTwo({
      ...{ grammar, settings, controllerOf: groups.of, write, serially },
      toChange: (group) => ({ controller: controllerToChange(group), known: known() }),
      async goOnWith(next) {
        declaration = next;
        await assignAll(next);
      },
    }),
    wake: wakeAll,
    async close(graceMs) {
      const isLost = over;
      over = true;
      endWatch();
      const stopped = await Promise.allSettled([
        groups.stop(graceMs),
        fronts.close(isLost ? 0 : graceMs),
        tending.stop(isLost ? 0 : (graceMs ?? GRACE_MS)),
        checking.stop(isLost ? 0 : (graceMs ?? GRACE_MS)),
      ]);
      await providers.close();
      await store.release(lease);
      confirmAll(stopped);
    },
  };
}

/** What is under way when resources are let go may take so long, in milliseconds. */
const GRACE_MS = 10_000;
