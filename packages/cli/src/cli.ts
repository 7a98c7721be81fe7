import type { CommandContext } from "@stricli/core";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream that text is printed on. */
export interface Printer {
  write(text: string): void;
  /** Bytes as they are. Resolves when there is room for more, or nobody reads any more. */
  send(bytes: Uint8Array): Promise<void>;
  /** A person looks at it. */
  readonly isTerminal: boolean;
  /** Colours may be used: on a terminal, unless NO_COLOR is set. */
  readonly colors: boolean;
  /** Characters in a line of the terminal. */
  columns(): number;
  /** Aborted when nobody reads it any more. */
  readonly closed: AbortSignal;
}

/** What a command works with: everything from outside. */
export interface Cli extends CommandContext {
  /** The exit code where it fails from here on, if it is not the error's own. */
  readonly exit: { onFailure?: number };
  readonly process: CommandContext["process"] & { exitCode?: number | string | null };
  readonly out: Printer;
  readonly err: Printer;
  readonly env: Environment;
  readonly cwd: string;
  /** Asks the person at the terminal; an end of input is an empty answer. Undefined where there is nobody. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** What is given to the command line to read, as it comes, until the signal. Nothing is read before it is asked for. */
  input(over: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * The keys that are pressed at the terminal, each as it comes and shown by nobody, until the signal: then the terminal is as
   * it was. Undefined where there is no terminal to type at.
   */
  readonly keys: ((over: AbortSignal) => AsyncIterable<Uint8Array>) | undefined;
  /** The user's name, as it stands in the history. */
  user(): string;
}
