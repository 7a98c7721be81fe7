import { durationOf, MusterError } from "@muster/model";

/** What a flag says, in milliseconds; undefined where it is not given. Throws `usage.bad-value`. */
export function durationFlag(flag: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const ms = durationOf(written);
  if (ms !== undefined && ms > 0) return ms;
  const detail = `"${written}" is no duration`;
  throw new MusterError("usage.bad-value", { what: flag, detail, wanted: "one as `30s` or `1m30s`" });
}
