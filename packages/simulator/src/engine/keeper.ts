/** Keeps the stack in one life: what is declared, and a controller for each group. By the runtime's own transitions, without a promise. */
import { type Document, didYouMean, MusterError, type Stack } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type Decide, sameDocument } from "@muster/runtime";
import {
  assignmentsOf,
  declared,
  destroy,
  freed,
  hasFormer,
  isProven,
  pause,
  promote,
  removed,
  resume,
  revert,
  type SteeringChange,
  steered,
  steeringOf,
  type Transition,
  withoutInstances,
} from "@muster/runtime/rules";
import type { Declaration, Writes } from "@muster/store";
import type { Life } from "../crash.ts";
import type { Told } from "../deeds.ts";
import { grammar, STACK } from "../grammar.ts";
import type { Stage } from "../stage.ts";
import type { Book } from "./book.ts";
import { type Controller, controlGroup } from "./controller.ts";

/** Calls one of the two, once, unless the life ends before. */
export type Answer = (done: () => void, failed: (thrown: unknown) => void) => void;

export interface Keeper extends Told<Answer> {
  /** Lets go of everything, and waits a while for what is under way. */
  close(done: () => void): void;
}

export interface KeeperDeps {
  readonly stage: Stage;
  readonly life: Life;
  readonly book: Book;
  readonly catalog: Catalog;
  readonly decide: Decide;
}

const NOTHING_GIVEN = {};

export function keep({ stage, life, book, catalog, decide }: KeeperDeps): Keeper {
  const controllers = new Map<string, Controller>();
  const write = book.writer(life);
  const waiting: (() => void)[] = [];
  let declaration = book.declaration();
  let over = false;
  let declaring = false;
  let decisions = 0;
  /** Controllers that are about to end. */
  let ending = 0;
  let whenEnded: (() => void) | undefined;
  assignAll(declaration);

  /** One after the other: the next begins when the one before has been answered. */
  function inTurn(run: Answer): Answer {
    return (done, failed) => {
      const end = (answer: () => void) => {
        waiting.shift();
        answer();
        waiting[0]?.();
      };
      const begin = () => {
        try {
          run(
            () => end(done),
            (thrown) => end(() => failed(thrown)),
          );
        } catch (thrown) {
          end(() => failed(thrown));
        }
      };
      waiting.push(begin);
      if (waiting.length === 1) begin();
    };
  }

  /** Gives every group its controller and its assignment, and ends the controllers of those that are no more. */
  function assignAll(from: Declaration | undefined, done: () => void = () => undefined): void {
    const assignments = from === undefined ? new Map() : assignmentsOf(from, grammar, NOTHING_GIVEN);
    for (const [name, controller] of controllers) {
      if (assignments.has(name)) continue;
      controllers.delete(name);
      ending++;
      controller.stop(() => {
        ending--;
        if (ending > 0) return;
        const then = whenEnded;
        whenEnded = undefined;
        then?.();
      });
    }
    for (const [name, assignment] of assignments) {
      const known = controllers.get(name);
      if (known !== undefined) known.assign(assignment);
      else if (!over) controllers.set(name, control(name, assignment));
    }
    if (ending === 0) done();
    else whenEnded = done;
  }

  function control(name: string, assignment: Parameters<typeof controlGroup>[0]): Controller {
    return controlGroup(assignment, book.memory(name), {
      ...{ stage, life, catalog, decide },
      // One that is being let go tells what it still has to tell, and leaves nothing to remember.
      write: (writes) => write(controllers.has(name) ? writes : withoutMemory(writes)),
      isDeclaring: () => declaring,
      nonce: () => `${life.number} ${++decisions}`,
      // Where this cannot be written it is kept on, and its next look tries again.
      onGone: () => inTurn((done, failed) => forget(name, done, failed))(nothing, nothing),
    });
  }

  function forget(group: string, done: () => void, failed: (thrown: unknown) => void): void {
    if (over || declaration === undefined || steeringOf(declaration, group).goal !== "destroying") done();
    else take(removed(declaration, group, grammar), done, failed);
  }

  /** Writes down what is declared from now on, and keeps that. */
  function take({ next, events, gone }: Transition, done: () => void, failed: (thrown: unknown) => void): void {
    const memory = Object.fromEntries(gone.map((group) => [group, null]));
    declaring = true;
    life.goOn("declare", () => {
      try {
        write({ declaration: next ?? null, events, ...(gone.length === 0 ? {} : { memory }) });
      } catch (thrown) {
        declaring = false;
        if (thrown instanceof MusterError && thrown.code === "stack.lost") life.crash(thrown.message);
        else failed(thrown);
        return;
      }
      life.goOn("declared", () => {
        declaration = next;
        declaring = false;
        assignAll(next, done);
      });
    });
  }

  function known(): Declaration {
    if (declaration === undefined) throw new MusterError("group.not-found", { group: STACK, nearest: "" });
    return declaration;
  }

  function controllerOf(group: string): Controller {
    const controller = controllers.get(group);
    if (controller !== undefined) return controller;
    throw new MusterError("group.not-found", { group, nearest: didYouMean(undefined) });
  }

  function controllerToChange(group: string): Controller {
    const controller = controllerOf(group);
    if (stackOf(known()).mode === "observe")
      throw new MusterError("group.observed", { group: placeOf(group), stack: STACK });
    return controller;
  }

  function commit(document: Document, source: string, actor: string): Answer {
    return (done, failed) => {
      const before = declaration;
      if (before !== undefined && sameDocument(before.document, document)) return done();
      const stack = before && stackOf(before);
      const proven = new Set<string>();
      for (const group of Object.values(stack?.groups ?? {})) {
        if (isProven(group, document.dialect, catalog, book.memory(group.name).proven)) proven.add(group.name);
      }
      const to = { stack: STACK, document, source };
      take(declared({ declaration: before, stack, proven }, to, actor, grammar), done, failed);
    };
  }

  function steer(group: string, change: () => SteeringChange, actor: string): Answer {
    return inTurn((done, failed) => {
      const status = controllerToChange(group).status();
      const transition = steered(known(), group, change(), status, actor);
      if (transition === undefined) done();
      else take(transition, done, failed);
    });
  }

  return {
    declaration: () => declaration,
    seen: (group) => controllerOf(group).seen(),
    commit: (...to) => inTurn(commit(...to)),
    scale: (group, size, actor) =>
      inTurn((done, failed) => {
        controllerToChange(group);
        const { document, source } = known();
        commit(grammar.resize(document, group, size, source), source, actor)(done, failed);
      }),
    pause: (group, actor) => steer(group, () => pause, actor),
    resume: (group, actor) => steer(group, () => resume, actor),
    destroy: (group, actor) => steer(group, () => destroy, actor),
    promote: (group, actor) =>
      steer(group, () => promote(placeOf(group), controllerOf(group).policy().rollout.canary), actor),
    revert: (group, actor) => steer(group, () => revert(placeOf(group), hasFormer(known(), group, grammar)), actor),
    free: (group, actor) =>
      inTurn((done, failed) => {
        controllerOf(group);
        take(freed(known(), group, actor, grammar), done, failed);
      }),
    destroyInstances: (group, ids, actor) =>
      inTurn((done, failed) => {
        const controller = controllerToChange(group);
        const there = controller.seen().map(({ id }) => id);
        const { next, events, doomed } = withoutInstances(known(), group, ids, there, actor, grammar);
        const assignment = assignmentsOf(next, grammar, NOTHING_GIVEN).get(group);
        if (assignment === undefined) return done();
        const writes = { declaration: next, events };
        const goOn = () => {
          declaration = next;
          assignAll(next, done);
        };
        controller.doom({ ids: doomed, fate: "destroyed", next: assignment, writes }, goOn, failed);
      }),
    close(done) {
      over = true;
      let left = controllers.size;
      if (left === 0) return done();
      for (const controller of controllers.values()) {
        controller.stop(() => {
          left--;
          if (left === 0) done();
        });
      }
    },
  };
}

function stackOf({ document }: Declaration): Stack {
  return grammar.stackOf(document);
}

function placeOf(group: string): string {
  return `${STACK}/${group}`;
}

function withoutMemory({ memory: _, ...others }: Writes): Writes {
  return others;
}

function nothing(): void {
  // Nobody waits for it.
}
