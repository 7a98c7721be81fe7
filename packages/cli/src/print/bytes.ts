import type { Printer } from "../cli.ts";
import { plainLines } from "./paint.ts";

/** Bytes that come piece by piece, from outside. */
export interface BytePrinter {
  /** Resolves when there is room for more. */
  print(bytes: Uint8Array): Promise<void>;
  /** What was kept back because it was half a character. */
  end(): void;
}

/** To a pipe or a file as they are; on a terminal as text that cannot command it. */
export function bytesOn(printer: Pick<Printer, "send" | "write" | "isTerminal">): BytePrinter {
  if (!printer.isTerminal) return { print: (bytes) => printer.send(bytes), end: () => undefined };
  const decoder = new TextDecoder();
  return {
    print: (bytes) => printer.send(Buffer.from(plainLines(decoder.decode(bytes, { stream: true })))),
    end: () => printer.write(plainLines(decoder.decode())),
  };
}
