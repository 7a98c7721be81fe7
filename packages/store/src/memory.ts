import { type Json, MusterError } from "@muster/model";
import {
  type Claim,
  type Declaration,
  type KeptReport,
  REPORTS_IN_ALL,
  REPORTS_PER_SUBJECT,
  type Store,
  type Writes,
} from "./contract.ts";
import { confirmClaimable, confirmLease, confirmOwn, type LeaseRecord, takeLease } from "./lease.ts";
import { memoryJournal } from "./memory-journal.ts";

/** A store that lives as long as the process: for tests, simulations, and looks that leave nothing behind. */
export function memoryStore(): Store {
  const leases = new Map<string, LeaseRecord>();
  // Kept as JSON, as in a real store: what is read shares nothing with what was written.
  const declarations = new Map<string, string>();
  const memories = new Map<string, string>();
  const claims = new Map<string, Claim>();
  const journal = memoryJournal();
  let reports: readonly string[] = [];
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
      const { over: _, ...kept } = claim;
      changed.set(key, kept);
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
      const links = journal.chained(stack, writes.events ?? [], now);
      const memory = Object.entries(writes.memory ?? {}).map(([group, value]) => [group, textOf(value)] as const);
      const declaration = writes.declaration === undefined ? undefined : textOf(writes.declaration);

      for (const [key, claim] of changed) put(claims, key, claim);
      for (const [group, text] of memory) put(memories, keyOf(stack, group), text ?? undefined);
      if (declaration !== undefined) put(declarations, stack, declaration ?? undefined);
      return journal.append(links);
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
    async memories(stack, beginning) {
      confirmOpen();
      const names = [...memories.keys()].filter((key) => key.startsWith(keyOf(stack, beginning))).sort();
      const skip = keyOf(stack, "").length;
      return new Map(names.map((name) => [name.slice(skip), parsed<Json>(memories.get(name)) ?? null]));
    },
    async claims(stack, owner) {
      confirmOpen();
      const keys = [...claims].filter(
        ([, { mark }]) => mark.stack === stack && (owner === undefined || mark.owner === owner),
      );
      return keys.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
    },
    async claimed(type, scope, id) {
      confirmOpen();
      return claims.get(keyOf(type, scope, id));
    },
    async events(query) {
      confirmOpen();
      return journal.events(query);
    },
    async stacks() {
      confirmOpen();
      return journal.stacks();
    },
    async groups() {
      confirmOpen();
      return journal.groups();
    },
    async links(stack, after, limit) {
      confirmOpen();
      return journal.links(stack, after, limit);
    },
    async checkpoint(stack) {
      confirmOpen();
      return journal.checkpoint(stack);
    },
    async prune(pruning, now) {
      confirmOpen();
      return journal.prune(pruning, now);
    },
    async sweep(stack, most) {
      confirmOpen();
      return journal.sweep(stack, most);
    },
    async keepReport(report) {
      confirmOpen();
      const all = [...reports.map(reportIn), report];
      const newest = all.filter(({ subject }) => subject === report.subject).slice(-REPORTS_PER_SUBJECT);
      const kept = all.filter((each) => each.subject !== report.subject || newest.includes(each));
      reports = kept.slice(-REPORTS_IN_ALL).map((each) => JSON.stringify(each));
    },
    async reports({ subject, since = 0 }) {
      confirmOpen();
      const asked = reports.map(reportIn).filter((each) => subject === undefined || each.subject === subject);
      return asked.filter(({ at }) => at >= since).map(({ report: _, ...line }) => line);
    },
    async lastReport(subject) {
      confirmOpen();
      return reports.map(reportIn).findLast((each) => subject === undefined || each.subject === subject);
    },
    async close() {
      closed = true;
    },
  };
}

function reportIn(text: string): KeptReport {
  return JSON.parse(text);
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
