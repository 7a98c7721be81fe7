/** Keeps one group by the production engine and the runtime's own rules, without a promise: look, decide, write down, act. */
import {
  type DeclaredGroup,
  type GoodLook,
  type Look,
  type Memory,
  type Policy,
  recall,
  type Seen,
  stalledStatus,
} from "@muster/engine";
import { MusterError, messageOf, type Status, slotCount } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Decide } from "@muster/runtime";
import {
  type Acted,
  type Assignment,
  attention,
  type DoomRequest,
  declaredAs,
  doomRequests,
  dueAfter,
  eventsOfPass,
  isMeant,
  memoryOfPass,
  retryMs,
  sameStatus,
  sameTask,
  withDoomed,
  withOutcomes,
  writesOf,
  writesOfEnd,
} from "@muster/runtime/rules";
import type { Writes } from "@muster/store";
import type { Life } from "../crash.ts";
import type { FlavorName } from "../flavor.ts";
import type { Stage } from "../stage.ts";
import { hint } from "../type.ts";
import { type Acting, carryOut } from "./hands.ts";
import { type Acquainted, look, type Watched } from "./look.ts";

export interface Controller {
  assign(assignment: Assignment): void;
  doom(request: DoomRequest, written: () => void, failed: (reason: unknown) => void): void;
  status(): Status | undefined;
  seen(): readonly Seen[];
  policy(): Policy;
  /** Begins nothing more, and waits a while for the calls that are under way. */
  stop(done: () => void): void;
}

export interface ControllerDeps {
  readonly stage: Stage;
  readonly life: Life;
  readonly catalog: Catalog;
  readonly decide: Decide;
  /** Throws where nothing was written. */
  write(writes: Writes): void;
  isDeclaring(): boolean;
  /** Another one each time, in every life. */
  nonce(): string;
  onGone(): void;
}

/** A group with everything that is needed to look at it and to act on it. */
interface Bound extends Watched, Acting {
  readonly assignment: Assignment;
  readonly declared: DeclaredGroup;
  readonly knowsHealth: boolean;
}

/** What is in flight when a group is let go may take so long. */
const GRACE_MS = 10_000;

export function controlGroup(first: Assignment, remembered: Memory, deps: ControllerDeps): Controller {
  const { stage, life, catalog } = deps;
  const { clock } = life;
  const { name: group } = first.group;
  const requests = doomRequests();
  const ended: Acted[] = [];
  const acquainted: Acquainted = new Map();
  const unlisten = stage.world.watch(() => hint(stage, life, wake));
  life.onEnd(() => void unlisten());
  let heed: ReturnType<typeof attention> | undefined;
  let bound = bind(first);
  let assignment = first;
  let memory = recall(remembered, clock.now());
  let shown: GoodLook | undefined;
  let status: Status | undefined;
  let failures = 0;
  let underWay = 0;
  let passes = 0;
  let isPassing = false;
  let isDue = false;
  let cancel: (() => void) | undefined;
  let whenAtRest: (() => void) | undefined;
  let isLetGo = false;
  /** It was written down, and nobody has heard of it yet. */
  let isWriting = false;
  schedule(clock.now());

  function bind(to: Assignment): Bound {
    const type = catalog.type(to.group.template.name, to.dialect);
    const flavor = catalog.flavor(to.group.flavor.name, to.dialect);
    const formerFlavor = to.former && catalog.flavor(to.former.flavor.name, to.dialect);
    if (type === undefined || flavor === undefined) throw new Error(`nobody knows how ${group} is made`);
    const declared = declaredAs(to, type, flavor, formerFlavor);
    const { stack, name, revision, former } = declared;
    const versions = { declared: to.group, former: to.former ?? to.group };
    const flavorOf = (of: string) =>
      versions[of === former?.revision && of !== revision ? "former" : "declared"].flavor.name as FlavorName;
    const propertiesOf = (version: keyof typeof versions) => versions[version].template.properties;
    const knowsHealth = flavor.health !== undefined;
    return { assignment: to, declared, stack, name, acquainted, flavorOf, propertiesOf, knowsHealth };
  }

  function schedule(at: number): void {
    cancel?.();
    cancel = clock.after(at - clock.now(), begin);
  }

  function wake(): void {
    if (isLetGo || isDue) return;
    isDue = true;
    if (!isPassing) schedule(clock.now());
  }

  function begin(): void {
    cancel = undefined;
    isPassing = true;
    isDue = false;
    const pass = ++passes;
    // Nothing of a pass goes on once the group is let go.
    const goOn = (point: string, run: () => void) =>
      life.goOn(point, () => {
        if (pass === passes) run();
      });
    goOn("look", () => {
      const asked = requests.waiting();
      const next = asked.at(-1)?.next ?? assignment;
      if (bound.assignment !== next) bound = bind(next);
      const acted = [...ended];
      const before = withDoomed(withOutcomes(memory, acted), asked);
      const assigned = assignment;
      look(stage, life, bound, (seen) =>
        goOn("decide", () => conclude({ asked, next, acted, before, assigned, look: seen }, goOn)),
      );
    });
  }

  function conclude({ asked, next, acted, before, assigned, look }: Pass, goOn: Life["goOn"]): void {
    const type = { name: assignment.group.template.name };
    if (deps.isDeclaring() || !sameTask(assignment, assigned, type)) {
      rest(clock.now());
      return;
    }
    const { declared } = bound;
    const { traits } = stage;
    const decided = deps.decide({ declared, traits, look, memory: before, now: clock.now(), nonce: deps.nonce() });
    const known = { memory, shown, status };
    const events = eventsOfPass(group, known, { acted, look, decided });
    goOn("write", () => {
      const isNews = asked.length > 0 || events.length > 0 || decided.memory !== memory;
      if (isNews && !written({ ...writesOf(asked, events), ...memoryOfPass(group, known, decided) })) return;
      isWriting = true;
      goOn("written", () => {
        isWriting = false;
        if (assignment === assigned) assignment = next;
        ended.splice(0, acted.length);
        requests.written(asked);
        memory = decided.memory;
        if (look.kind === "seen") shown = look;
        for (const action of decided.actions) act(action);
        publish(decided.status);
        if (decided.gone) deps.onGone();
        rest(dueAt(look, decided.wakeAt));
      });
    });
  }

  /** False, and the pass is over, where it could not be written. */
  function written(writes: Writes): boolean {
    try {
      deps.write(writes);
      return true;
    } catch (thrown) {
      if (thrown instanceof MusterError && thrown.code === "stack.lost") {
        life.crash(thrown.message);
        return false;
      }
      requests.failAll(thrown);
      publish(stalled(thrown));
      rest(clock.now() + retryMs(++failures));
      return false;
    }
  }

  function act(action: Parameters<typeof carryOut>[3]): void {
    const id = action.kind === "create" ? undefined : action.instance;
    const seen = shown?.members.find((member) => member.id === id);
    underWay++;
    carryOut(
      stage,
      life,
      bound,
      action,
      seen,
      () => !isLetGo && isMeant(action, assignment, shown),
      (acted) => {
        underWay--;
        ended.push(acted);
        wake();
        atRest();
      },
    );
  }

  function dueAt(look: Look, wakeAt: number | undefined): number {
    failures = look.kind === "failed" ? failures + 1 : 0;
    const now = clock.now();
    if (look.kind === "failed") return now + retryMs(failures);
    heed ??= attention(stage.traits.local);
    return dueAfter(look, stage.traits, bound.knowsHealth ? heed : undefined, wakeAt, now);
  }

  function rest(next: number): void {
    isPassing = false;
    if (!isLetGo) schedule(isDue ? clock.now() : next);
    atRest();
  }

  function atRest(): void {
    if (!isPassing && underWay === 0) whenAtRest?.();
  }

  function stalled(thrown: unknown): Status {
    const reason = thrown instanceof MusterError ? thrown.code : "internal";
    const { generation, goal, group: declared } = assignment;
    const desired = goal === "destroy" ? 0 : slotCount(declared.slots);
    const held = { reason, message: messageOf(thrown) };
    return stalledStatus(generation, desired, status?.revision ?? "", clock.now(), held);
  }

  function publish(next: Status): void {
    const before = status;
    status = next;
    if (before !== undefined && sameStatus(before, next)) return;
    stage.tell({ kind: "status", life: life.number, group, status: next });
  }

  return {
    assign(next) {
      assignment = next;
      wake();
    },
    doom(request, done, failed) {
      requests.ask(request, done, failed);
      wake();
    },
    status: () => status,
    seen: () => shown?.members ?? [],
    policy: () => bound.declared,
    stop(done) {
      isLetGo = true;
      unlisten();
      cancel?.();
      passes++;
      isPassing = false;
      const lost = { stack: first.stack, detail: "it was let go before this was written down" };
      if (requests.waiting().length > 0) requests.failAll(new MusterError("stack.lost", lost));
      const end = () => {
        if (whenAtRest === undefined) return;
        whenAtRest = undefined;
        // Not without what the last pass has decided: a look tells the rest.
        const left = isWriting ? undefined : writesOfEnd(group, memory, ended);
        try {
          if (left !== undefined) deps.write(left);
        } catch (thrown) {
          // What cannot be written now the next life looks for.
          if (thrown instanceof MusterError && thrown.code === "stack.lost") life.crash(thrown.message);
        }
        done();
      };
      whenAtRest = end;
      clock.after(GRACE_MS, end);
      atRest();
    },
  };
}

/** What a pass has begun with, and what it saw. */
interface Pass {
  readonly asked: readonly DoomRequest[];
  readonly next: Assignment;
  readonly acted: readonly Acted[];
  readonly before: Memory;
  readonly assigned: Assignment;
  readonly look: Look;
}
