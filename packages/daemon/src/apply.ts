/** Takes a declaration: checks all of it before anything is touched, and hands it to the keeper of its stack. */
import { confirmAgreed, grammar } from "@muster/declaration";
import {
  type Document,
  didYouMean,
  digestOfPlan,
  MusterError,
  messageOf,
  nearest,
  ownOf,
  type Stack,
  type StackPlan,
} from "@muster/model";
import { type Asked, type GivenSettings, preview, type StackKeeper, sameDocument } from "@muster/runtime";
import type { Declaration } from "@muster/store";
import type { ApplyAnswer } from "./api.ts";
import type { PluginCatalog } from "./catalog/catalog.ts";
import { checkGiven, type Given, readGiven } from "./checked.ts";
import { mayBeRefused } from "./may-be-refused.ts";
import type { DaemonOptions } from "./options.ts";
import { planChecked, planGiven } from "./plan.ts";
import { whatWouldHappen } from "./pretend.ts";
import type { Stacks } from "./stacks.ts";

export interface Applying {
  apply(document: Document, source: string, actor: string, asked?: AskedToApply): Promise<ApplyAnswer>;
  /** Everything that the stack has is destroyed. Throws `stack.not-found`, `stack.observed`, `resource.protected`. */
  destroy(stack: string, actor: string): Promise<ApplyAnswer>;
  /** In InfraKit's sentences. */
  pretend(document: Document, source: string): Promise<ApplyAnswer>;
  plan(document: Document, source: string, asked?: Asked): Promise<StackPlan>;
}

export interface AskedToApply extends Asked {
  /** The digest of a plan that must still hold. */
  readonly expected?: string;
}

export interface ApplyDeps {
  readonly options: DaemonOptions;
  readonly stacks: Stacks;
  readonly catalog: PluginCatalog;
  readonly settings: GivenSettings;
}

export function applying({ options, stacks, catalog, settings }: ApplyDeps): Applying {
  /** What would happen is asked first, and whoever agrees to it gives the same again: it is read once. */
  let last: Given | undefined;

  function read(document: Document, source: string): Given {
    const isLast = last?.source === source && sameDocument(last.document, document);
    const given = isLast && last !== undefined ? last : readGiven(document, source);
    last = given;
    confirmOurs(given.stack);
    return given;
  }

  function confirmOurs({ name }: Stack): void {
    if (options.stacks === "all" || options.stacks.includes(name)) return;
    const detail = `this Muster keeps ${options.stacks.join(", ")}, and not ${name}`;
    throw new MusterError("api.bad-request", { detail });
  }

  function notFound(stack: string): MusterError {
    const declared = stacks.all().filter((keeper) => keeper.declaration() !== undefined);
    const near = nearest(
      stack,
      declared.map((keeper) => keeper.stack),
    );
    return new MusterError("stack.not-found", { stack, nearest: didYouMean(near) });
  }

  const check = (given: Given) => checkGiven(given, { outside: options.outside, catalog, settings });

  async function commit(given: Given, actor: string, asked: AskedToApply): Promise<ApplyAnswer> {
    const { stack, document, source } = given;
    const keeper = await stacks.take(stack.name);
    const before = keeper.declaration();
    await confirmPossible(given, keeper, asked);
    const after = await keeper.commit(document, source, actor, asked);
    const unchanged = before?.generation === after.generation;
    return {
      stack: stack.name,
      generation: after.generation,
      unchanged,
      groups: keeper.groups(),
      resources: keeper.resources(),
    };
  }

  /** What cannot be done, or what nobody has agreed to, is refused whole. Throws `plan.stale` and MusterErrors. */
  async function confirmPossible(given: Given, keeper: StackKeeper, asked: AskedToApply): Promise<void> {
    const { expected } = asked;
    if (expected === undefined && !mayBeRefused(given.stack, given.document.dialect, catalog)) return;
    const { store, outside } = options;
    const plan = await planChecked(given, { store, outside, catalog, settings }, keeper, asked);
    if (expected !== undefined && digestOfPlan(plan) !== expected) {
      throw new MusterError("plan.stale", {
        stack: plan.stack,
        detail: "the declaration or what is there has changed",
      });
    }
    confirmAgreed(plan, given.located.locate);
  }

  /** One that serves goes on with what it had, also when the new declaration is refused: and says that, whatever happens. */
  async function goOn(keeper: StackKeeper): Promise<void> {
    const { stack } = keeper;
    try {
      if (options.stacks === "all") await keeper.begin();
      await stacks.dropIfEmpty(stack);
    } catch (thrown) {
      options.onNotice({ kind: "trouble", message: `stack ${stack}: ${messageOf(thrown)}`, stack });
    }
  }

  /** Where the declaration changes nothing, reality may have: it is looked at, so that "nothing to do" is true. */
  async function lookedAt(
    declared: Readonly<Record<string, string | undefined>>,
    before: Declaration | undefined,
    document: Document,
  ): Promise<Readonly<Record<string, string>>> {
    const unchanged = Object.keys(declared).filter((group) => declared[group] === undefined);
    if (before === undefined || unchanged.length === 0) return {};
    const { store, outside } = options;
    const seen = await preview({ ...before, document }, { ...outside, store, catalog, grammar, settings });
    const told = unchanged.map((group) => [group, ownOf(seen, group)] as const);
    return Object.fromEntries(told.flatMap(([group, change]) => (change === undefined ? [] : [[group, change]])));
  }

  return {
    async apply(document, source, actor, asked = {}) {
      const given = read(document, source);
      const { stack } = given;
      return stacks.inTurn(stack.name, async () => {
        // Taken first: what another process keeps is not even asked about here.
        const keeper = await stacks.take(stack.name);
        try {
          return await commit(await check(given), actor, asked);
        } finally {
          await goOn(keeper);
        }
      });
    },
    async destroy(stack, actor) {
      return stacks.inTurn(stack, async () => {
        const keeper = await stacks.take(stack);
        try {
          if (keeper.declaration() === undefined) throw notFound(stack);
          const { generation } = await keeper.destroyAll(actor);
          return { stack, generation, unchanged: false, groups: keeper.groups() };
        } finally {
          await goOn(keeper);
        }
      });
    },
    async pretend(asked, source) {
      const { stack, document } = await check(read(asked, source));
      const keeper = stacks.get(stack.name);
      const before = keeper?.declaration() ?? (await options.store.declaration(stack.name));
      const declared = whatWouldHappen({ before: before?.document, document, keeper, catalog });
      const would = { ...declared, ...(await lookedAt(declared, before, document)) };
      const unchanged = Object.values(would).every((each) => each === undefined);
      const told = Object.entries(would).map(([group, change]) => [group, change ?? "Nothing to do"]);
      return {
        stack: stack.name,
        generation: before?.generation ?? 0,
        unchanged,
        groups: keeper?.groups() ?? [],
        would: Object.fromEntries(told),
      };
    },
    async plan(document, source, asked = {}) {
      const given = read(document, source);
      const { store, outside } = options;
      return planGiven(given, { store, outside, catalog, settings }, stacks.get(given.stack.name), asked);
    },
  };
}
