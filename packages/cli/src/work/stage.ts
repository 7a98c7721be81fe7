/** Shows what a Muster in this process does: events one a line, and how its groups stand on the last line of a terminal. */
import type { Notice } from "@muster/daemon";
import { conditionOf, type Event, isConverged, type Status } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { errorsOf, errorText, printErrors } from "../print/errors.ts";
import { eventLine, placeName } from "../print/event-line.ts";
import { liveLine } from "../print/live-line.ts";
import { paint, plain } from "../print/paint.ts";
import { liveWord } from "../print/state.ts";
import { timeOfDay } from "../print/time.ts";

export interface Stage {
  /** A line for a person; programs read events only. */
  say(line: string): void;
  event(event: Event): void;
  status(stack: string, group: string, status: Status): void;
  notice(notice: Notice): void;
  /** What was thrown though things go on. */
  failure(thrown: unknown): void;
  /** Takes the live line away. */
  end(): void;
}

export function openStage(cli: Cli, output: OutputFlags["output"]): Stage {
  return output === "json" ? stageForPrograms(cli) : stageForPeople(cli);
}

/** Standard output is events and nothing else; what else there is to say goes to standard error, as JSON too. */
function stageForPrograms({ out, err }: Cli): Stage {
  const unwritten = untold();
  return {
    say: () => undefined,
    event: (event) => out.write(`${JSON.stringify(event)}\n`),
    status(stack, group, status) {
      const message = unwritten(placeName(stack, group), status);
      if (message !== undefined)
        err.write(`${JSON.stringify({ notice: { kind: "stalled", stack, group, message } })}\n`);
    },
    notice: ({ kind, message }) => err.write(`${JSON.stringify({ notice: { kind, message } })}\n`),
    failure: (thrown) => printErrors([thrown], { printer: err, json: true, debug: false }),
    end: () => undefined,
  };
}

function stageForPeople({ out, err }: Cli): Stage {
  const live = liveLine(out);
  const standing = new Map<string, string>();
  const wholeSaid = new Set<string>();
  const unwritten = untold();

  function say(line: string): void {
    live.print(`${line}\n`);
  }

  return {
    say,
    event(event) {
      const name = placeName(event.stack, event.group);
      if (event.type === "group.converged") wholeSaid.add(name);
      if (event.type === "group.removed" || event.type === "group.released") standing.delete(name);
      live.print(eventLine(event, timeOfDay, out));
    },
    status(stack, group, status) {
      const name = placeName(stack, group);
      // A start that finds everything as it should be has no event, and is good news all the same.
      if (isConverged(status) && !wholeSaid.has(name)) {
        wholeSaid.add(name);
        const sign = paint(out, "green", "=");
        say(`${paint(out, "dim", timeOfDay(status.lookedAt))} ${sign} ${name}  ${found(status)}`);
      }
      const message = unwritten(name, status);
      if (message !== undefined) {
        say(`${paint(out, "dim", timeOfDay(Date.now()))} ${paint(out, "red", "!")} ${name}  ${plain(message)}`);
      }
      standing.set(name, `${name} ${status.ready}/${status.desired} ${liveWord(status)}`);
      live.show([...standing.values()].join("   "));
    },
    notice({ message, error }) {
      if (error === undefined) say(`${paint(out, "yellow", "·")} ${plain(message)}`);
      else live.print(errorText(error, out));
    },
    failure(thrown) {
      // On a terminal both streams are one: the live line has to give way.
      const text = errorsOf(thrown).map((error) => errorText(error, err));
      if (out.isTerminal) live.print(text.join(""));
      else err.write(text.join(""));
    },
    end: live.end,
  };
}

/**
 * What holds a group up when it is the store: then there is no event of it, because events are what cannot be written.
 * Undefined where there is nothing of that kind, or nothing new.
 */
function untold(): (name: string, status: Status) => string | undefined {
  const told = new Map<string, string>();
  return (name, status) => {
    const stalled = conditionOf(status, "Stalled");
    const message = stalled?.holds === true && stalled.reason.startsWith("store.") ? stalled.message : "";
    if (message === (told.get(name) ?? "")) return undefined;
    told.set(name, message);
    return message === "" ? undefined : message;
  };
}

function found({ desired }: Status): string {
  return `${desired} of ${desired} as declared`;
}
