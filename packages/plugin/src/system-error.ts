import { systemCodeOf } from "@muster/model";
import type { FailureKind } from "./contract.ts";

/** The system's error codes, as Muster acts on them. */
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
  ELOOP: "invalid",
  EEXIST: "conflict",
  ENOENT: "retryable",
  EBUSY: "retryable",
  EMFILE: "retryable",
  ENFILE: "retryable",
  ECONNREFUSED: "unavailable",
};

/** What the system's refusal means for whoever tries again. What is not known may have been done: `unknown`. */
export function failureKindOf(thrown: unknown): FailureKind {
  return KINDS[systemCodeOf(thrown) ?? ""] ?? "unknown";
}
