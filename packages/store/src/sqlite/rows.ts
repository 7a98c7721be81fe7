/** Reads columns by their kind. The schema is strict, so that anything else is a defect of ours. */
import type { SQLOutputValue } from "node:sqlite";

export type Row = Readonly<Record<string, SQLOutputValue>> | undefined;

export function textOf(row: Row, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new TypeError(`${column} is not a text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new TypeError(`${column} is not a number`);
  return value;
}

/** The JSON in a column; undefined when there is no row, or nothing in it. */
export function jsonOf<T>(row: Row, column: string): T | undefined {
  const value = row?.[column];
  return value === undefined || value === null ? undefined : (JSON.parse(textOf(row, column)) as T);
}
