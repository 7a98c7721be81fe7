/** Times and durations as people type them. */
import { durationOf, MusterError } from "@muster/model";

/** `15m` before now, or a date and time, in the zone of whoever types it where it names none. Throws `usage.bad-value`. */
export function timeOf(flag: string, text: string, now: number): number {
  const at = dateOf(text);
  if (at !== undefined) return Math.max(0, at);
  const ago = durationOf(text);
  if (ago !== undefined) return Math.max(0, now - ago);
  throw badTime(flag, `\`${text}\` is no time`);
}

/** The same, of what has been. */
export function pastTimeOf(flag: string, text: string, now: number): number {
  const at = timeOf(flag, text, now);
  if (at > now) throw badTime(flag, `\`${text}\` is still to come`);
  return at;
}

/** `90d` in milliseconds. Throws `usage.bad-value`. */
export function durationIn(flag: string, text: string): number {
  const ms = durationOf(text);
  if (ms !== undefined) return ms;
  throw new MusterError("usage.bad-value", {
    what: flag,
    detail: `\`${text}\` is no duration`,
    wanted: "30s, 15m, 2h or 7d",
  });
}

function badTime(flag: string, detail: string): MusterError {
  return new MusterError("usage.bad-value", {
    what: flag,
    detail,
    wanted: "30s, 15m, 2h or 7d, or a date as 2026-01-31T14:00",
  });
}

/** As Muster prints it, and as ISO 8601 has it. A day alone begins where the person is. */
const DATE = /^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(?<zone>Z|[+-]\d\d:\d\d)?)?$/;

function dateOf(text: string): number | undefined {
  const { day, time = "00:00", zone = "" } = DATE.exec(text)?.groups ?? {};
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(at) || !isDay(day) ? undefined : at;
}

/** The 31st of February is taken for a day in March otherwise. */
function isDay(day: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return date <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
