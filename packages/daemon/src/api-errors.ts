/** What was thrown, on its way to a client. */
import { type ErrorCode, MusterError, MusterErrors, messageOf } from "@muster/model";
import type { ErrorBody, WireError } from "./api.ts";

/** What was thrown, as it travels, with its HTTP status. Whatever is no error of the table is a defect: `internal`. */
export function errorAnswer(thrown: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (thrown instanceof MusterErrors) {
    return { status: statusOf(thrown.errors[0].code), body: { errors: thrown.errors.map(wireError) } };
  }
  const error = thrown instanceof MusterError ? thrown : new MusterError("internal", { detail: messageOf(thrown) });
  return { status: statusOf(error.code), body: { error: wireError(error) } };
}

/** The first of what was thrown, as it stands in a frame. */
export function wireErrorOf(thrown: unknown): WireError {
  const { body } = errorAnswer(thrown);
  return "error" in body ? body.error : (body.errors[0] ?? wireError(new MusterError("internal", { detail: "" })));
}

function wireError({ code, message, next, words, place }: MusterError): WireError {
  return place === undefined ? { code, message, next, words } : { code, message, next, words, place };
}

const CONFLICTS: readonly ErrorCode[] = ["stack.held", "stack.lost", "daemon.held", "claim.taken"];
const MISSING: readonly ErrorCode[] = [
  "group.not-found",
  "instance.not-found",
  "instance.unknown",
  "plugin.not-found",
  "stack.not-found",
];
const REFUSED_CODES: readonly ErrorCode[] = [
  "instance.ambiguous",
  "instance.cannot",
  "instance.refused",
  "instance.irreplaceable",
  "instance.not-aside",
  "plan.stale",
  "resource.impossible",
  "resource.needs-consent",
  "resource.protected",
  "stack.observed",
];
const REFUSED = ["usage", "declaration", "settings", "group", "api"];

function statusOf(code: ErrorCode): 400 | 404 | 409 | 500 {
  if (MISSING.includes(code)) return 404;
  if (CONFLICTS.includes(code)) return 409;
  const family = code.split(".")[0] ?? "";
  return REFUSED.includes(family) || REFUSED_CODES.includes(code) ? 400 : 500;
}
