/** Reads columns by their kind. The schema is strict: a column of another kind, or JSON that is none, is damage. */
import type { SQLOutputValue } from "node:sqlite";

export type Row = Readonly<Record<string, SQLOutputValue>> | undefined;

/** What lies in the file is not what was written there. */
export class Damage extends Error {
  override readonly name = "Damage";
}

export function textOf(row: Row, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new Damage(`${column} is not a text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new Damage(`${column} is not a number`);
  return value;
}

/** The JSON in a column; undefined when there is no row, or nothing in it. */
export function jsonOf<T>(row: Row, column: string): T | undefined {
  const value = row?.[column];
  if (value === undefined || value === null) return undefined;
  try {
    return JSON.parse(textOf(row, column)) as T;
  } catch (cause) {
    throw new Damage(`${column} is not JSON`, { cause });
  }
}

/** The JSON in a column that is never empty. */
export function someJsonOf<T>(row: Row, column: string): T {
  const value = jsonOf<T>(row, column);
  if (value === undefined) throw new Damage(`${column} is empty`);
  return value;
}
