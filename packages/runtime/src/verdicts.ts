import type { Seen } from "@muster/engine";
import { PASS, type Verdict } from "@muster/model";
import { presence } from "@muster/plugin";
import type { Treatment } from "./bind.ts";
import { bounded } from "./bounded.ts";
import { withDeadline } from "./deadline.ts";
import type { Clock } from "./ports.ts";

const AT_ONCE = 16;
const DEADLINE_MS = 10_000;

/**
 * Asks the flavor about every member: that of its own version. One that does not answer in time is `unknown`, never a
 * failure.
 */
export async function verdictsOn(
  members: readonly Seen[],
  treatmentOf: (revision: string) => Treatment,
  clock: Clock,
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const limit = bounded(AT_ONCE);
  const asked: Promise<void>[] = [];
  for (const member of members) {
    const treatment = treatmentOf(member.mark.revision);
    if (treatment.flavor.health === undefined) {
      verdicts.set(member.id, member.phase === "running" ? PASS : presence(member));
      continue;
    }
    const ask = async () => void verdicts.set(member.id, await healthOf(member, treatment, clock));
    asked.push(limit(ask));
  }
  await Promise.all(asked);
  return verdicts;
}

async function healthOf(member: Seen, { flavor, group }: Treatment, clock: Clock): Promise<Verdict> {
  try {
    const asked = flavor.health?.(member, group.flavor.properties) ?? Promise.resolve(presence(member));
    return await withDeadline(asked, DEADLINE_MS, clock, `flavor ${flavor.name} did not answer`);
  } catch (thrown) {
    return { kind: "unknown", reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
