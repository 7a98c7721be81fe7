import type { Event } from "@muster/model";
import type { Printer } from "../cli.ts";
import { changesOf } from "./changes.ts";
import { partsOf } from "./event-line.ts";
import { paint, plain } from "./paint.ts";
import { dateAndTime } from "./time.ts";

/** One event for whoever wants to know why: who did it, whether it was asked for, and what changed, a line for each. */
export function historyEntry(event: Event, printer: Pick<Printer, "colors">): string {
  const { when, sign, message } = partsOf(event, dateAndTime, printer);
  const why = paint(printer, "dim", `(${plain(event.actor)}, ${event.cause})`);
  const changes = changesOf(event).map((line) => `${INDENT}${line}\n`);
  return `${when} ${sign} ${message}  ${why}\n${changes.join("")}`;
}

/** Below the message. */
const INDENT = " ".repeat("2026-01-31 14:03:59 · ".length);
