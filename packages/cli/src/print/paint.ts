import type { Printer } from "../cli.ts";

const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, bold: 1, dim: 2 } as const;

export type Color = keyof typeof CODES;

/** The text in a colour where the printer has colours. */
export function paint(printer: Pick<Printer, "colors">, color: Color, text: string): string {
  return printer.colors ? `\x1b[${CODES[color]}m${text}\x1b[0m` : text;
}

/** Text that came from outside, on one line and without what would command a terminal. */
export function plain(text: string): string {
  return text.replaceAll(CONTROLS, (each) => (/\s/.test(each) ? " " : "\ufffd"));
}

/** The same of a text of several lines: its lines and tabs stay. */
export function plainLines(text: string): string {
  const parts = text.split(/(\r?\n|\t)/);
  return parts.map((part, at) => (at % 2 === 1 ? part : plain(part))).join("");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is meant
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
