import { messageOf } from "@muster/model";
import { type FailureKind, ProviderError } from "@muster/plugin";

/** The system's error codes, as Muster acts on them. What is not here may have been done: `unknown`. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOTDIR: "invalid",
  EISDIR: "invalid",
  ENAMETOOLONG: "invalid",
  EINVAL: "invalid",
  EEXIST: "conflict",
  ENOENT: "retryable",
  EBUSY: "retryable",
  EMFILE: "retryable",
  ENFILE: "retryable",
  ECONNREFUSED: "unavailable",
};

/** Runs a function of a plugin; whatever it throws is a `ProviderError`. */
export async function failingWell<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof ProviderError) throw thrown;
    throw new ProviderError(kindOf(thrown), messageOf(thrown), { cause: thrown });
  }
}

function kindOf(thrown: unknown): FailureKind {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return KINDS[code] ?? "unknown";
}
