import type { ErrorCode } from "@muster/model";
import type { FailureKind } from "./contract.ts";

const CODES: Readonly<Record<FailureKind, ErrorCode>> = {
  retryable: "provider.failed",
  unknown: "provider.failed",
  denied: "provider.denied",
  invalid: "provider.invalid",
  conflict: "provider.conflict",
  "no-space": "provider.no-space",
  unavailable: "provider.unavailable",
};

/** How a provider's failure is called where a person sees it. */
export function errorCodeOf(kind: FailureKind): ErrorCode {
  return CODES[kind];
}
