import { type DeclaredGroup, emptyMemory, policyOf, reconcile, type Seen } from "@muster/engine";
import { type MemberState, PASS, type Verdict } from "@muster/model";
import { documentOf, keepBench } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const MEMBERS = 10_000;
const ROUNDS = 60;
const HINTS = 1_000;

/** The engine's decision over 10,000 members beside a bare pass over them; and what a burst of hints costs. */
export async function decide(): Promise<readonly Row[]> {
  const slots = { kind: "numbered", size: MEMBERS } as const;
  const declared: DeclaredGroup = {
    ...{ stack: "bench", name: "cattle", generation: 1, goal: "keep" },
    ...{ version: "declared", revision: "r1", changeable: {}, restarting: [], former: undefined },
    steered: { reverted: false, promoted: false, retriedIn: 0 },
    slots,
    ...policyOf({ slots, rollout: {}, repair: {} }, { local: true, exclusive: false }),
  };
  const members = Array.from({ length: MEMBERS }, (_, index) => memberAt(index));
  const verdicts = new Map<string, Verdict>(members.map(({ id }) => [id, PASS]));
  const ours: number[] = [];
  const bare: number[] = [];
  const traits = { settleMs: 0, local: true };
  let memory = emptyMemory();
  for (let round = 0; round < ROUNDS; round++) {
    const look = { kind: "seen", startedAt: round, members, verdicts } as const;
    let start = performance.now();
    memory = reconcile({ declared, traits, look, memory, now: round, nonce: String(round) }).memory;
    ours.push(performance.now() - start);
    start = performance.now();
    barePass(members, verdicts, declared.revision);
    bare.push(performance.now() - start);
  }
  const [fast, slow] = [median(ours.slice(ROUNDS / 3)), median(bare.slice(ROUNDS / 3))];
  return [
    {
      what: `\`reconcile\` over ${MEMBERS} members`,
      ours: `${round(fast)} ms`,
      compared: `one state for each of the same members: ${round(slow)} ms`,
      figure: fast / slow,
      bound: 3,
      unit: "times",
    },
    await hintBurst(),
  ];
}

/** What any pass must do at least: ask each member's verdict, compare its revision, note its place and its state. */
function barePass(members: readonly Seen[], verdicts: ReadonlyMap<string, Verdict>, revision: string): number {
  const places = new Set<string>();
  const states: { id: string; state: MemberState }[] = [];
  for (const { id, mark } of members) {
    const passes = verdicts.get(id)?.kind === "pass";
    if (mark.slot !== undefined) places.add(mark.slot);
    states.push({ id, state: mark.revision !== revision ? "outdated" : passes ? "ready" : "starting" });
  }
  return places.size + states.length;
}

function memberAt(index: number): Seen {
  const mark = { stack: "bench", owner: "cattle", slot: String(index), intent: `intent-${index}`, revision: "r1" };
  return { id: `instance-${index}`, mark, tags: {}, phase: "running", properties: {}, since: 0 };
}

async function hintBurst(): Promise<Row> {
  const looks = await inFolder(async (folder) => {
    const kept = await keepBench(folder);
    const { generation } = await kept.keeper.commit(documentOf(100), "bench", "bench");
    await kept.converged(generation);
    const before = kept.looks();
    for (let hint = 0; hint < HINTS; hint++) {
      kept.keeper.wake();
      if (hint % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = kept.looks();
    await kept.close();
    return after - before;
  });
  return {
    what: `looks for a burst of ${HINTS} hints`,
    ours: `${looks}`,
    compared: "–",
    figure: looks,
    bound: 20,
    unit: "looks",
  };
}
