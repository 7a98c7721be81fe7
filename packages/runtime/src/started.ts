import { type Mark, messageOf, type Observed } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { type BoundGroup, flavorPropertiesOf, type Treatment } from "./bind.ts";
import { withDeadline } from "./deadline.ts";
import { CALL_MS, PATIENT } from "./patience.ts";
import type { Clock } from "./ports.ts";

/** What a flavor does once with a new member may take so long, in milliseconds. */
const STARTED_MS = 60_000;

/**
 * Has the flavor do what is done once with a member that was just made. Where that fails, the member is taken away again.
 *
 * @throws ProviderError `retryable` when it could not be started and is gone; `unknown` when it may still be there
 */
export async function startMember(
  bound: BoundGroup,
  treatment: Treatment,
  made: Observed,
  mark: Mark,
  clock: Clock,
): Promise<void> {
  const { flavor } = treatment;
  if (flavor.started === undefined) return;
  const over = new AbortController();
  try {
    const starting = flavor.started(made, flavorPropertiesOf(treatment, mark), { signal: over.signal });
    await withDeadline(starting, STARTED_MS, clock, `flavor ${flavor.name} did not start it`);
  } catch (thrown) {
    over.abort();
    await takeAway(bound, made.id, `${made.id} was made and could not be started: ${messageOf(thrown)}`, clock);
  }
}

async function takeAway({ provider }: BoundGroup, id: string, why: string, clock: Clock): Promise<never> {
  try {
    await withDeadline(provider.destroy(id, PATIENT), CALL_MS, clock, "the destroy was not answered");
  } catch (thrown) {
    throw new ProviderError("unknown", `${why}; nor could it be taken away: ${messageOf(thrown)}`, { cause: thrown });
  }
  throw new ProviderError("retryable", why);
}
