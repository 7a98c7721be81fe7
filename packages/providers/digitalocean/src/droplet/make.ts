/** Making a droplet, until it runs; and destroying one, until it is gone. */
import { type JsonObject, messageOf, type Tags } from "@muster/model";
import { ProviderError, revealed } from "@muster/plugin";
import { failureOf, isBusy } from "../api/failure.ts";
import type { Environment } from "../settings.ts";
import { until } from "../waits.ts";
import type { Hands } from "./hands.ts";
import { readWords, wordsFor } from "./marks.ts";
import { notesFor } from "./notes.ts";
import type { DropletProperties } from "./properties.ts";

export interface Order {
  readonly want: DropletProperties;
  readonly tags: Tags;
  readonly digests?: Readonly<Record<string, string>>;
}

/**
 * Makes a droplet that bears these tags, and returns when it runs: then it has its addresses. One of which nobody knows what
 * becomes is known again by its tags.
 *
 * @throws ProviderError `unknown` where it may be there, or come to be
 */
export async function make(hands: Hands, order: Order, signal: AbortSignal): Promise<string> {
  const answer = await hands.droplets.create(bodyOf(order, hands.env), signal);
  if (answer.kind === "refused") throw failureOf(answer);
  const { droplet, action } = answer.value;
  const { id } = droplet;
  await hands.actions.inTurn(id, () => begun(hands, id, action, signal));
  return String(id);
}

function bodyOf({ want, tags, digests }: Order, env: Environment): JsonObject {
  const { user_data, tags: own = [], ...rest } = want;
  return {
    ...rest,
    ...(user_data === undefined ? {} : { user_data: revealed(user_data, env) }),
    tags: [...own, ...wordsFor("muster", tags), ...wordsFor("muster-droplet", notesFor(want, digests))],
  };
}

/** It was accepted; whether it comes to be is another question. */
async function begun(hands: Hands, id: number, action: number | undefined, signal: AbortSignal): Promise<void> {
  const outcome = action === undefined ? "completed" : await followed(hands, id, action, signal);
  if (outcome !== "completed") {
    await removed(hands, id, signal);
    throw new ProviderError(
      "retryable",
      `droplet ${id} could not be made: its status was ${outcome}; it was removed again`,
    );
  }
  const ask = async () => {
    const seen = await hands.droplets.get(id, signal);
    return seen === undefined || seen.status === "new" ? undefined : seen;
  };
  await unlessUnknown(id, () => until(hands, ask, () => new Error("it is still being made"), signal));
}

function followed({ actions }: Hands, id: number, action: number, signal: AbortSignal): Promise<string> {
  return unlessUnknown(id, () => actions.outcome(id, { id: action, type: "create" }, signal));
}

/** Whatever fails from here on, there may be a droplet. */
async function unlessUnknown<T>(id: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    const said = `droplet ${id} was accepted, and may be there: ${messageOf(thrown)}`;
    throw new ProviderError("unknown", said, { cause: thrown });
  }
}

function removed(hands: Hands, id: number, signal: AbortSignal): Promise<void> {
  return unlessUnknown(id, () => remove(hands, id, signal));
}

/** Returns when it is gone. What only it bore in the account, the mark of its create, goes with it. */
export async function destroy(hands: Hands, id: number, signal: AbortSignal): Promise<void> {
  await hands.actions.inTurn(id, async () => {
    const seen = await hands.droplets.get(id, signal);
    await remove(hands, id, signal);
    if (seen !== undefined) await tidy(hands, readWords(seen.tags).marks, signal);
  });
}

async function remove(hands: Hands, id: number, signal: AbortSignal): Promise<void> {
  const ask = async () => {
    const answer = await hands.droplets.destroy(id, signal);
    if (answer.kind === "answered" || answer.status === 404) return true;
    // An action that goes on holds it up.
    if (isBusy(answer)) return undefined;
    throw failureOf(answer);
  };
  await until(hands, ask, () => new ProviderError("retryable", `droplet ${id} is busy with something else`), signal);
  const isGone = async () => ((await hands.droplets.get(id, signal)) === undefined ? true : undefined);
  await until(
    hands,
    isGone,
    () => new ProviderError("retryable", `droplet ${id} is being destroyed, and still there`),
    signal,
  );
}

/** Every create has an intent of its own: their tags would gather in the account. */
async function tidy({ tags }: Hands, marks: Tags, signal: AbortSignal): Promise<void> {
  const intent = marks["muster.intent"];
  if (intent === undefined) return;
  try {
    for (const word of wordsFor("muster", { "muster.intent": intent })) {
      const seen = await tags.get(word, signal);
      if (seen?.resources?.count === 0) await tags.destroy(word, signal);
    }
  } catch (thrown) {
    // The droplet is gone, which is what was asked for. A tag that nothing bears does no harm.
    if (!(thrown instanceof ProviderError)) throw thrown;
  }
}
