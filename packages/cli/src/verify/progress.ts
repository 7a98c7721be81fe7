/** What a person sees while it takes long to ask: how long already, and what did not hold when it was asked last. */
import type { Report } from "@muster/checks";
import type { Printer } from "../cli.ts";
import { liveLine } from "../print/live-line.ts";

export interface Progress {
  again(counts: Report["counts"]): void;
  end(): void;
}

/** Runs it after each second, until the answer is called. */
export type Ticks = (run: () => void) => () => void;

export const systemTicks: Ticks = (run) => {
  const timer = setInterval(run, 1_000);
  return () => clearInterval(timer);
};

/** Where nobody looks at it nothing is shown. */
export function showProgress(printer: Printer, ticks: Ticks): Progress {
  if (!printer.isTerminal) return { again: () => undefined, end: () => undefined };
  const line = liveLine(printer);
  let seconds = 0;
  let last = "";
  const stop = ticks(() => {
    seconds++;
    line.show(`asking · ${seconds} s${last}`);
  });
  return {
    again({ fail, unknown }) {
      last = ` · ${fail} fail, ${unknown} unknown so far`;
    },
    end() {
      stop();
      line.end();
    },
  };
}
