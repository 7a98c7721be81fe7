import type { JsonObject } from "@muster/model";
import { type Observed, PASS, type Verdict } from "@muster/model";
import { type Flavor, presence } from "@muster/plugin";
import { bounded } from "./bounded.ts";
import { withDeadline } from "./deadline.ts";
import type { Clock } from "./ports.ts";

const AT_ONCE = 16;
const DEADLINE_MS = 10_000;

/** Asks the flavor about every member. One that does not answer in time is `unknown`, never a failure. */
export async function verdictsOn(
  members: readonly Observed[],
  flavor: Flavor,
  properties: JsonObject,
  clock: Clock,
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  if (flavor.health === undefined) {
    for (const member of members) verdicts.set(member.id, member.phase === "running" ? PASS : presence(member));
    return verdicts;
  }
  const limit = bounded(AT_ONCE);
  const ask = async (member: Observed) => {
    verdicts.set(member.id, await healthOf(member, flavor, properties, clock));
  };
  await Promise.all(members.map((member) => limit(() => ask(member))));
  return verdicts;
}

async function healthOf(member: Observed, flavor: Flavor, properties: JsonObject, clock: Clock): Promise<Verdict> {
  try {
    const asked = flavor.health?.(member, properties) ?? Promise.resolve(presence(member));
    return await withDeadline(asked, DEADLINE_MS, clock, `flavor ${flavor.name} did not answer`);
  } catch (thrown) {
    return { kind: "unknown", reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
