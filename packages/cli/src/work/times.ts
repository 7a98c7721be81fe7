/** Times and spans of time as people type them. */
import { MusterError } from "@muster/model";

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `15m` before now, or a date and time, in the zone of whoever types it where it names none. Throws `usage.bad-value`. */
export function timeOf(flag: string, text: string, now: number): number {
  const at = dateOf(text) ?? ago(text, now);
  if (at !== undefined) return Math.max(0, at);
  throw badTime(flag, `\`${text}\` is no time`);
}

/** The same, of what has been. */
export function pastTimeOf(flag: string, text: string, now: number): number {
  const at = timeOf(flag, text, now);
  if (at > now) throw badTime(flag, `\`${text}\` is still to come`);
  return at;
}

/** `90d` in milliseconds. Throws `usage.bad-value`. */
export function spanOf(flag: string, text: string): number {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  if (count !== undefined && isUnit(unit)) return Number(count) * UNITS[unit];
  throw new MusterError("usage.bad-value", {
    what: flag,
    detail: `\`${text}\` is no span of time`,
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

function ago(text: string, now: number): number | undefined {
  return /^\d{1,6}[smhd]$/.test(text) ? now - spanOf("", text) : undefined;
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

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && text in UNITS;
}
