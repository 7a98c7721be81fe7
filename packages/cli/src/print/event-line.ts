import type { Event, EventType } from "@muster/model";
import type { Printer } from "../cli.ts";
import { type Color, paint, plain } from "./paint.ts";

interface Sign {
  readonly sign: string;
  readonly color: Color;
}

const MADE: Sign = { sign: "+", color: "green" };
const GONE: Sign = { sign: "-", color: "yellow" };
const CHANGED: Sign = { sign: "~", color: "blue" };
const TROUBLE: Sign = { sign: "!", color: "red" };
const WHOLE: Sign = { sign: "=", color: "green" };
const WORD: Sign = { sign: "·", color: "dim" };

const SIGNS: Readonly<Record<EventType, Sign>> = {
  "stack.committed": WORD,
  "stack.destroying": WORD,
  "stack.removed": WORD,
  "group.committed": WORD,
  "group.steered": WORD,
  "group.released": WORD,
  "group.removed": WORD,
  "group.moved": TROUBLE,
  "group.decided": WORD,
  "group.drifted": TROUBLE,
  "group.converged": WHOLE,
  "group.stalled": TROUBLE,
  "group.resumed": WORD,
  "rollout.started": WORD,
  "rollout.waiting": WORD,
  "rollout.promoted": WORD,
  "rollout.failed": TROUBLE,
  "rollout.reverting": TROUBLE,
  "rollout.reverted": WHOLE,
  "rollout.finished": WHOLE,
  "revision.quarantined": TROUBLE,
  "revision.released": WORD,
  "instance.created": MADE,
  "instance.adopted": MADE,
  "instance.updated": CHANGED,
  "instance.destroyed": GONE,
  "instance.vanished": GONE,
  "instance.failed": TROUBLE,
  "instance.unhealthy": TROUBLE,
  "instance.recovered": WHOLE,
  "instance.exec": WORD,
  "instance.console": WORD,
  "instance.tool": WORD,
  "instance.replace-asked": WORD,
  "instance.quarantined": WORD,
  "resource.decided": WORD,
  "resource.created": MADE,
  "resource.adopted": MADE,
  "resource.changed": CHANGED,
  "resource.replaced": CHANGED,
  "resource.destroyed": GONE,
  "resource.ran": CHANGED,
  "resource.refreshed": WORD,
  "resource.notified": WORD,
  "resource.failed": TROUBLE,
  "resource.drifted": TROUBLE,
  "resource.released": WORD,
  "check.failed": TROUBLE,
  "check.passed": WHOLE,
  "history.pruned": WORD,
};

/** One event on a line: when, a sign for what kind of thing happened, where, and what in words. */
export function eventLine(event: Event, time: (at: number) => string, printer: Pick<Printer, "colors">): string {
  const { when, sign, message } = partsOf(event, time, printer);
  return `${when} ${sign} ${placeName(event.stack, event.group)}  ${message}\n`;
}

/** The parts of an event's line, in their colours. */
export function partsOf(event: Event, time: (at: number) => string, printer: Pick<Printer, "colors">) {
  const { sign, color } = SIGNS[event.type] ?? WORD;
  const message = color === "dim" ? plain(event.message) : paint(printer, color, plain(event.message));
  return { when: paint(printer, "dim", time(event.at)), sign: paint(printer, color, sign), message };
}

/** A group as people name it: alone where the stack has the same name. */
export function placeName(stack: string, group: string | undefined): string {
  return group === undefined || group === stack ? stack : `${stack}/${group}`;
}
