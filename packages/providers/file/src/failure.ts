import { messageOf, systemCodeOf } from "@muster/model";
import { failureKindOf, ProviderError } from "@muster/plugin";

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
  EBUSY: "it is in use, perhaps as a mount point",
  ENOENT: "it, or the directory it is to be in, is not there: declare that one too, as a `directory`, or make it",
};

/** Whatever a call on `path` threw, as a ProviderError that names the path. */
export function failureAt(path: string, thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) {
    return new ProviderError(thrown.kind, `${path}: ${thrown.message}`, { cause: thrown });
  }
  const word = words[systemCodeOf(thrown) ?? ""] ?? messageOf(thrown);
  return new ProviderError(failureKindOf(thrown), `${path}: ${word}`, { cause: thrown });
}

/** Runs a call on `path`; its failure names the path. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw failureAt(path, thrown);
  }
}
