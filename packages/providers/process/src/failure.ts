import { messageOf, systemCodeOf } from "@muster/model";
import { failureKindOf, ProviderError } from "@muster/plugin";

/** Runs a call on `path`; its failure names the path. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw failureAt(path, thrown);
  }
}

export function failureAt(path: string, thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  return new ProviderError(failureKindOf(thrown), `${path}: ${messageOf(thrown)}`, { cause: thrown });
}

/** What the call gives; undefined where there is nothing of that name, or the process it is about is gone. */
export function ifThere<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw thrown;
  }
}
