import {
  type ErrorCode,
  EXIT,
  exitCodeOf,
  MusterError,
  MusterErrors,
  messageOf,
  type Place,
  placeText,
} from "@muster/model";
import type { Printer } from "../cli.ts";
import { paint, plain } from "./paint.ts";

export interface ErrorStyle {
  readonly printer: Printer;
  /** One JSON object instead of text. */
  readonly json: boolean;
  /** With the way the error took through the program. */
  readonly debug: boolean;
}

/** Prints what was thrown: what happened, where, and what to do next. */
export function printErrors(failures: readonly unknown[], { printer, json, debug }: ErrorStyle): void {
  const errors = failures.flatMap(errorsOf);
  if (json) {
    printer.write(`${JSON.stringify({ errors: errors.map(errorView) })}\n`);
    return;
  }
  printer.write(errors.map((error) => errorText(error, printer)).join(""));
  if (debug) printer.write(failures.map((thrown) => `${stackOf(thrown)}\n`).join(""));
}

/** Wrong use goes before failure: it is what a person can mend at once. */
export function exitCodeFor(failures: readonly unknown[]): number {
  const codes = failures.flatMap(errorsOf).map(({ code }) => exitCodeOf(code));
  if (codes.includes(EXIT.invalid)) return EXIT.invalid;
  return codes[0] ?? EXIT.failed;
}

/** What was thrown as errors of the table. */
export function errorsOf(thrown: unknown): readonly MusterError[] {
  if (thrown instanceof MusterErrors) return thrown.errors;
  if (thrown instanceof MusterError) return [thrown];
  return [new MusterError("internal", { detail: messageOf(thrown) }, { cause: thrown })];
}

/** An error as `--output json` shows it. */
export interface ErrorView {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
  readonly place?: Place;
}

export function errorView({ code, message, next, place }: MusterError): ErrorView {
  return place === undefined ? { code, message, next } : { code, message, next, place };
}

export function errorText(error: MusterError, printer: Pick<Printer, "colors">): string {
  const place = placeText(error.place);
  const lines = [
    `${paint(printer, "red", `error[${error.code}]`)}: ${plain(error.message)}`,
    ...(place === "" ? [] : [`  at ${plain(place)}`]),
    `  ${paint(printer, "dim", "next:")} ${plain(error.next)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function stackOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const cause = thrown instanceof Error && thrown.cause !== undefined ? `\ncaused by ${stackOf(thrown.cause)}` : "";
  return `${stack}${cause}`;
}
