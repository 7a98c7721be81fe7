import { MusterError } from "@muster/model";
import type { Store } from "@muster/store";
import type { Life } from "./crash.ts";
import type { Stage } from "./stage.ts";

const LONGEST_FULL_MS = 60_000;
/** Told again each time: where one of them came from is no news, and costs more than the rest of a write. */
const FULL = new MusterError("store.full", { path: "in memory" });
const FAILED = new MusterError("store.failed", { path: "in memory", detail: "it could not be written" });

/** Asked at each write: why it is refused, and nothing is written; undefined where it is not. */
export function refusing({ random, faults, clock }: Stage): () => MusterError | undefined {
  let fullUntil = 0;
  return () => {
    const now = faults();
    if (random.chance(now.full)) fullUntil = clock.now() + random.between(0, LONGEST_FULL_MS);
    if (now.full > 0 && clock.now() < fullUntil) return FULL;
    return random.chance(now.unwritten) ? FAILED : undefined;
  };
}

/** The one store as one life of Muster reaches it: it may be killed before and after every step, and a write may fail. */
export function storeOf(store: Store, life: Life, stage: Stage): Store {
  const { tell } = stage;
  const refusal = refusing(stage);
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
