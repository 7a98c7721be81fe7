import { messageOf } from "@muster/model";
import { failureKindOf, ProviderError } from "@muster/plugin";

/** Runs a function of a plugin; whatever it throws is a `ProviderError`. */
export async function failingWell<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    throw toldWell(thrown);
  }
}

/** The same of a function whose answer comes piece by piece. */
export async function* streamingWell<T>(run: () => AsyncIterable<T>): AsyncGenerator<T, void> {
  try {
    yield* run();
  } catch (thrown) {
    throw toldWell(thrown);
  }
}

function toldWell(thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  return new ProviderError(failureKindOf(thrown), messageOf(thrown), { cause: thrown });
}
