/** Amounts of members: `1`, or a share of them such as `25%`. */
import { type Amount, type Json, MAX_SIZE } from "@muster/model";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { described, nameOf, wrongKind } from "./values.ts";

export function readAmount(value: Json | undefined, path: Path, problems: Problems): Amount | undefined {
  const wanted = "a whole number, or a share such as `25%`";
  if (typeof value === "number") return readCountAmount(value, path, problems);
  if (typeof value !== "string") return wrongKind(value, wanted, path, problems);
  const percent = percentOf(value);
  if (percent !== undefined && percent <= 100) return { kind: "percent", percent };
  if (percent !== undefined) return noteTooMuch(value, path, problems);
  const digits = /^\s*(\d{1,9})\s*(%?)\s*$/.exec(value);
  if (digits === null) return noteBad(value, "it is neither a whole number nor a whole share", wanted, path, problems);
  const [, number, sign] = digits;
  if (sign === "%") return noteBad(value, "a share has no space in it", `\`${number}%\``, path, problems);
  return noteBad(value, "it has quotes and no `%`", `\`${number}\` without quotes, or \`${number}%\``, path, problems);
}

/** A share from 1 to 100 %. */
export function readShare(value: Json | undefined, path: Path, problems: Problems): number | undefined {
  const wanted = "a share such as `40%`";
  if (typeof value === "number") return noteBad(value, "it has no `%`", shareNear(value) ?? wanted, path, problems);
  if (typeof value !== "string") return wrongKind(value, wanted, path, problems);
  const percent = percentOf(value);
  if (percent === undefined) return noteBad(value, "it is not a whole share", wanted, path, problems);
  if (percent > 100) return noteTooMuch(value, path, problems);
  return percent === 0 ? noteBad(value, "it must be more than nothing", wanted, path, problems) : percent;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export function readCount(
  value: Json | undefined,
  { least, most }: Bounds,
  path: Path,
  problems: Problems,
): number | undefined {
  if (typeof value !== "number") return wrongKind(value, "a whole number", path, problems);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const detail = Number.isInteger(value) ? "it is out of bounds" : "it is not whole";
  return noteBad(value, detail, `a whole number from ${least} to ${most}`, path, problems);
}

function readCountAmount(value: number, path: Path, problems: Problems): Amount | undefined {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_SIZE) return { kind: "count", count: value };
  const detail = Number.isInteger(value) ? "it is out of bounds" : "it is not whole";
  const share = value > 0 && value < 1 ? shareNear(value) : undefined;
  const fix = `${share === undefined ? "" : `${share}, or `}a whole number from 0 to ${MAX_SIZE}`;
  return noteBad(value, detail, fix, path, problems);
}

function percentOf(text: string): number | undefined {
  return /^\d{1,9}%$/.test(text) ? Number(text.slice(0, -1)) : undefined;
}

/** What a number that should be a share means: `40` and `0.4` are `40%`. */
function shareNear(value: number): string | undefined {
  const percent = value > 0 && value < 1 ? Math.round(value * 100) : value;
  return Number.isInteger(percent) && percent >= 1 && percent <= 100 ? `\`${percent}%\`` : undefined;
}

function noteTooMuch(value: string, path: Path, problems: Problems): undefined {
  return noteBad(value, "a share is 100% at most", "`100%`, or less", path, problems);
}

function noteBad(value: Json, detail: string, wanted: string, path: Path, problems: Problems): undefined {
  const words = { what: nameOf(path), found: described(value), detail, fix: `Write ${wanted}.` };
  problems.add("declaration.bad-amount", words, path);
}
