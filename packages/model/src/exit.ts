import type { ErrorCode } from "./errors.ts";

/** What the command's exit code says. */
export const EXIT = { done: 0, failed: 1, invalid: 2, changes: 3, unsure: 4, interrupted: 130 } as const;

const INVALID = ["usage", "declaration", "settings"];
const INVALID_CODES: readonly ErrorCode[] = [
  "group.not-found",
  "group.ambiguous",
  "group.named-members",
  "group.no-canary",
  "group.paused",
  "group.canaries-failed",
  "group.observed",
  "group.nothing-to-revert-to",
  "group.impossible",
  "group.needs-consent",
  "image.unknown",
  "image.ambiguous",
  "image.bad-name",
  "instance.not-found",
  "instance.unknown",
  "instance.ambiguous",
  "instance.cannot",
  "instance.refused",
  "instance.irreplaceable",
  "instance.not-aside",
  "plan.not-a-plan",
  "resource.impossible",
  "resource.needs-consent",
  "resource.protected",
  "stack.not-found",
  "stack.observed",
  "try.no-member",
  "try.nobody",
  "try.not-apart",
  "try.not-found",
  "try.not-muster",
  "try.unknown-word",
  "try.which-member",
  "thing.not-found",
  "thing.ambiguous",
  "thing.not-listable",
  "thing.not-free",
  "thing.impossible",
  "thing.no-consent",
  "thing.not-declarable",
  "history.no-group",
  "history.no-stack",
  "history.no-report",
  "history.too-early",
];
const UNSURE_CODES: readonly ErrorCode[] = ["history.dropped", "checks.unknown", "target.no-members", "target.untold"];

export function exitCodeOf(code: ErrorCode): number {
  const family = code.split(".")[0] ?? "";
  if (INVALID.includes(family) || INVALID_CODES.includes(code)) return EXIT.invalid;
  if (family === "look" || UNSURE_CODES.includes(code)) return EXIT.unsure;
  return code === "apply.interrupted" ? EXIT.interrupted : EXIT.failed;
}
