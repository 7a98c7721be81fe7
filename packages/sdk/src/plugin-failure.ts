import { messageOf } from "@muster/model";
import { failureKindOf, ProviderError } from "@muster/plugin";

/** Runs a function of a plugin; whatever it throws is a `ProviderError`. */
export async function failingWell<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof ProviderError) throw thrown;
    throw new ProviderError(failureKindOf(thrown), messageOf(thrown), { cause: thrown });
  }
}
