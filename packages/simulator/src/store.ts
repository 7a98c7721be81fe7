import { MusterError } from "@muster/model";
import type { Store } from "@muster/store";
import type { Life } from "./crash.ts";
import type { Stage } from "./type.ts";

const LONGEST_FULL_MS = 60_000;

/** The one store as one life of Muster reaches it: it may be killed before and after every step, and a write may fail. */
export function storeOf(store: Store, life: Life, { random, faults, clock, tell }: Stage): Store {
  let fullUntil = 0;

  /** Refused, and nothing was written. */
  function refusal(): MusterError | undefined {
    const now = faults();
    if (random.chance(now.full)) fullUntil = clock.now() + random.between(0, LONGEST_FULL_MS);
    if (now.full > 0 && clock.now() < fullUntil) return new MusterError("store.full", { path: "in memory" });
    if (!random.chance(now.unwritten)) return undefined;
    return new MusterError("store.failed", { path: "in memory", detail: "it could not be written" });
  }

  return {
    acquire: (stack, holder, alive) => life.step("acquire", () => store.acquire(stack, holder, alive)),
    release: (lease) => life.step("release", () => store.release(lease)),
    lease: (stack) => life.step("lease", () => store.lease(stack)),
    write: (lease, writes, now) =>
      life.step("write", async () => {
        const refused = refusal();
        if (refused !== undefined) {
          tell({ kind: "unwritten", life: life.number, why: refused.message });
          throw refused;
        }
        const events = await store.write(lease, writes, now);
        const { declaration, memory = {} } = writes;
        tell({
          kind: "wrote",
          life: life.number,
          memory,
          events,
          ...(declaration === undefined ? {} : { declaration }),
        });
        return events;
      }),
    declarations: () => life.step("declarations", () => store.declarations()),
    declaration: (stack) => life.step("declaration", () => store.declaration(stack)),
    memory: (stack, group) => life.step("memory", () => store.memory(stack, group)),
    memories: (stack, beginning) => life.step("memory", () => store.memories(stack, beginning)),
    claims: (stack, owner) => life.step("claims", () => store.claims(stack, owner)),
    claimed: (type, scope, id) => life.step("claimed", () => store.claimed(type, scope, id)),
    events: (query) => life.step("events", () => store.events(query)),
    stacks: () => life.step("stacks", () => store.stacks()),
    groups: () => life.step("groups", () => store.groups()),
    links: (stack, after, limit) => life.step("links", () => store.links(stack, after, limit)),
    checkpoint: (stack) => life.step("checkpoint", () => store.checkpoint(stack)),
    prune: (pruning, now) => life.step("prune", () => store.prune(pruning, now)),
    sweep: (stack, most) => life.step("sweep", () => store.sweep(stack, most)),
    keepReport: (report) => life.step("keepReport", () => store.keepReport(report)),
    reports: (query) => life.step("reports", () => store.reports(query)),
    lastReport: (subject) => life.step("lastReport", () => store.lastReport(subject)),
    close: () => life.step("close", () => store.close()),
  };
}
