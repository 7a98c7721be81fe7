import { messageOf } from "@muster/model";
import { type FailureKind, ProviderError } from "@muster/plugin";

/** The system's error codes, as a person can act on them. What is not here may have been done: `unknown`. */
const kinds: Readonly<Record<string, FailureKind>> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOTDIR: "invalid",
  EISDIR: "invalid",
  ENAMETOOLONG: "invalid",
  EINVAL: "invalid",
  ELOOP: "invalid",
  EEXIST: "conflict",
  ENOENT: "retryable",
  EBUSY: "retryable",
  EMFILE: "retryable",
  ENFILE: "retryable",
};

const words: Readonly<Record<string, string>> = {
  ENOSPC: "no space left",
  EDQUOT: "the quota is used up",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "it is a link, or goes through too many",
  EEXIST: "something is there already",
  ENOENT: "it, or its directory, is not there",
};

/** Whatever a call on `path` threw, as a ProviderError that names the path. */
export function failureAt(path: string, thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) {
    return new ProviderError(thrown.kind, `${path}: ${thrown.message}`, { cause: thrown });
  }
  const code = codeOf(thrown) ?? "";
  return new ProviderError(kinds[code] ?? "unknown", `${path}: ${words[code] ?? messageOf(thrown)}`, { cause: thrown });
}

/** Runs a call on `path`; its failure names the path. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw failureAt(path, thrown);
  }
}

/** The system's code of what was thrown: `ENOENT`. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
