import type { Ctx } from "@muster/plugin";

/** A call that is not answered by then may have been done or not: a look tells. In milliseconds. */
export const CALL_MS = 600_000;

/** What nobody will ever hang up on: the call's own end is awaited. */
export const PATIENT: Ctx = { signal: new AbortController().signal };
