import type { Printer } from "../cli.ts";

/** The last line of a terminal, redrawn under everything that is printed; elsewhere there is none. */
export interface LiveLine {
  show(text: string): void;
  /** Prints above it. */
  print(text: string): void;
  /** Takes it away. */
  end(): void;
}

const CLEAR = "\r\x1b[K";

export function liveLine(printer: Printer): LiveLine {
  let shown = "";
  if (!printer.isTerminal) return { show: () => undefined, print: printer.write, end: () => undefined };
  return {
    show(text) {
      // A line that wraps could not be taken away again.
      const fitting = text.slice(0, Math.max(0, printer.columns() - 1));
      if (fitting === shown) return;
      shown = fitting;
      printer.write(`${CLEAR}${shown}`);
    },
    print(text) {
      printer.write(shown === "" ? text : `${CLEAR}${text}${shown}`);
    },
    end() {
      if (shown !== "") printer.write(CLEAR);
      shown = "";
    },
  };
}
