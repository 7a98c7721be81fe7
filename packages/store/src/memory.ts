import { type Json, MusterError } from "@muster/model";
import { chain, GENESIS, type Head } from "./chain.ts";
import type { JournalEntry, Store, Writes } from "./contract.ts";
import { type Claim, type Declaration, EVENTS_PER_PAGE, type EventQuery } from "./contract.ts";
import { confirmClaimable, confirmLease, confirmOwn, type LeaseRecord, takeLease } from "./lease.ts";

/** A store that lives as long as the process: for tests, simulations, and looks that leave nothing behind. */
export function memoryStore(): Store {
  const leases = new Map<string, LeaseRecord>();
  // Kept as JSON, as in a real store: what is read shares nothing with what was written.
  const declarations = new Map<string, string>();
  const memories = new Map<string, string>();
  const claims = new Map<string, Claim>();
  const heads = new Map<string, Head>();
  const journal: JournalEntry[] = [];
  let closed = false;

  function confirmOpen(): void {
    if (closed) throw new MusterError("store.failed", { path: "in memory", detail: "it is closed" });
  }

  /** The claims as they will be: only what changes. Undefined stands for released. */
  function changedClaims(stack: string, writes: Writes): ReadonlyMap<string, Claim | undefined> {
    const changed = new Map<string, Claim | undefined>();
    for (const { type, scope, id } of writes.release ?? []) {
      const key = keyOf(type, scope, id);
      if (claims.get(key)?.mark.stack === stack) changed.set(key, undefined);
    }
    for (const claim of writes.claim ?? []) {
      const key = keyOf(claim.type, claim.scope, claim.id);
      confirmClaimable(claim, changed.has(key) ? changed.get(key) : claims.get(key));
      changed.set(key, claim);
    }
    return changed;
  }

  return {
    async acquire(stack, holder, alive) {
      confirmOpen();
      const records = {
        read: async () => leases.get(stack),
        replace: async (_: string, seen: number) => {
          if ((leases.get(stack)?.epoch ?? 0) !== seen) return false;
          leases.set(stack, { epoch: seen + 1, holder });
          return true;
        },
      };
      return takeLease(records, stack, holder, alive);
    },
    async release(lease) {
      confirmOpen();
      if (leases.get(lease.stack)?.epoch !== lease.epoch) return;
      leases.set(lease.stack, { epoch: lease.epoch, holder: undefined });
    },
    async lease(stack) {
      confirmOpen();
      const record = leases.get(stack);
      if (record?.holder === undefined) return undefined;
      return { stack, epoch: record.epoch, holder: record.holder };
    },
    async write(lease, writes, now) {
      confirmOpen();
      const { stack } = lease;
      confirmOwn(lease, writes);
      confirmLease(lease, leases.get(stack));
      // Whatever can fail comes first; from the first `put` on nothing can.
      const changed = changedClaims(stack, writes);
      const links = chain(stack, writes.events ?? [], now, heads.get(stack) ?? GENESIS);
      const memory = Object.entries(writes.memory ?? {}).map(([group, value]) => [group, textOf(value)] as const);
      const declaration = writes.declaration === undefined ? undefined : textOf(writes.declaration);

      for (const [key, claim] of changed) put(claims, key, claim);
      for (const [group, text] of memory) put(memories, keyOf(stack, group), text ?? undefined);
      if (declaration !== undefined) put(declarations, stack, declaration ?? undefined);
      const events = links.map((link) => link.event);
      for (const event of events) journal.push({ place: journal.length + 1, event });
      const last = events.at(-1);
      if (last !== undefined) heads.set(stack, last);
      return events;
    },
    async declarations() {
      confirmOpen();
      return [...declarations.keys()].sort().flatMap((stack) => parsed<Declaration>(declarations.get(stack)) ?? []);
    },
    async declaration(stack) {
      confirmOpen();
      return parsed<Declaration>(declarations.get(stack));
    },
    async memory(stack, group) {
      confirmOpen();
      return parsed<Json>(memories.get(keyOf(stack, group)));
    },
    async claims(stack, owner) {
      confirmOpen();
      const keys = [...claims].filter(([, { mark }]) => mark.stack === stack && mark.owner === owner);
      return keys.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
    },
    async claimed(type, scope, id) {
      confirmOpen();
      return claims.get(keyOf(type, scope, id));
    },
    async events(query) {
      confirmOpen();
      return select(journal, query);
    },
    async close() {
      closed = true;
    },
  };
}

/** One text for several names. None of them holds a NUL; and below every other character, it keeps their order. */
function keyOf(...names: readonly string[]): string {
  return names.join("\0");
}

/** Null stands for what is to be forgotten. */
function textOf(value: Json | Declaration): string | null {
  return value === null ? null : JSON.stringify(value);
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function select(journal: readonly JournalEntry[], query: EventQuery): readonly JournalEntry[] {
  const { limit = EVENTS_PER_PAGE, newestFirst = false } = query;
  const first = Math.max(0, query.after ?? 0);
  const end = Math.min(journal.length, (query.before ?? Number.POSITIVE_INFINITY) - 1);
  const found: JournalEntry[] = [];
  for (let i = 0; i < end - first && found.length < limit; i++) {
    const entry = journal[newestFirst ? end - 1 - i : first + i];
    if (entry !== undefined && matches(entry, query)) found.push(entry);
  }
  return found;
}

function matches({ event }: JournalEntry, { stack, group, types, since }: EventQuery): boolean {
  if (stack !== undefined && event.stack !== stack) return false;
  if (group !== undefined && event.group !== group) return false;
  if (types !== undefined && !types.includes(event.type)) return false;
  return since === undefined || event.at >= since;
}
