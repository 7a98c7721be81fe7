/**
 * What Muster has acknowledged to people, and what they had asked when it was killed. An order that was acknowledged
 * holds; one that was not may have been taken or not, but as a whole.
 */
import { KINDS, type Order, STACKS, type State, SURGE, sizeOf } from "./orders.ts";

/** Of one stack. One person orders for it, and waits for an answer before asking for more. */
export interface Page {
  readonly stack: string;
  /** As it was last acknowledged, or found in the store. */
  readonly state: State;
  /** The last one that was told; 0 when nothing of the stack is declared. */
  readonly generation: number;
  /** Asked, and not answered. */
  readonly asked: Order | undefined;
  /** Answered since the store was last inspected. */
  readonly acknowledged: readonly Order[];
}

export interface Ledger {
  page(stack: string): Page;
  pages(): readonly Page[];
  ask(order: Order): void;
  /** @param generation where the answer tells it */
  acknowledge(order: Order, generation: number | undefined): void;
  /** Nothing has come of what was asked. */
  refuse(order: Order): void;
  /** Nothing of the stack is declared any more: what was to be destroyed is. */
  forget(stack: string): void;
  /** This is what the store holds: what was not answered is settled by it, either way. */
  settle(stack: string, state: State, generation: number): void;
  /** A new life of Muster begins, with so many members by group (`stack/group`). */
  begin(counts: ReadonlyMap<string, number>): void;
  /** A group can have no more members than this in this life. */
  most(place: string): number;
}

export function openLedger(): Ledger {
  const pages = new Map<string, Page>(STACKS.map((stack) => [stack, blank(stack)]));
  let most = new Map<string, number>();

  function page(stack: string): Page {
    return pages.get(stack) ?? blank(stack);
  }

  function change(stack: string, change: Partial<Page>): void {
    pages.set(stack, { ...page(stack), ...change });
  }

  /** Whatever is wanted now may be made at any later moment of this life: decisions and answers cross. */
  function allow(stack: string, state: State): void {
    for (const kind of KINDS) {
      const wanted = kind.stack === stack ? state[kind.group] : undefined;
      if (wanted === undefined) continue;
      const surge = kind.names === undefined ? SURGE : 0;
      const place = `${stack}/${kind.group}`;
      most.set(place, Math.max(most.get(place) ?? 0, sizeOf(kind, wanted) + surge));
    }
  }

  return {
    page,
    pages: () => [...pages.values()],
    ask(order) {
      change(order.stack, { asked: order });
      allow(order.stack, order.after);
    },
    acknowledge(order, generation) {
      const { acknowledged, generation: before } = page(order.stack);
      const gone = Object.keys(order.after).length === 0;
      change(order.stack, {
        state: order.after,
        generation: gone ? 0 : (generation ?? before),
        asked: undefined,
        acknowledged: [...acknowledged, order],
      });
    },
    refuse: ({ stack }) => change(stack, { asked: undefined }),
    forget: (stack) => change(stack, { state: {}, generation: 0 }),
    settle: (stack, state, generation) => change(stack, { state, generation, asked: undefined, acknowledged: [] }),
    begin(counts) {
      most = new Map(counts);
      for (const { stack, state } of pages.values()) allow(stack, state);
    },
    most: (place) => most.get(place) ?? 0,
  };
}

function blank(stack: string): Page {
  return { stack, state: {}, generation: 0, asked: undefined, acknowledged: [] };
}
