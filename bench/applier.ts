import type { Command } from "./measured.ts";

export interface DeclaredFile {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
}

/** A program that makes files as they are declared. */
export interface Applier {
  readonly name: string;
  /** Declares the files in the program's own language, in a home where nothing was declared before. */
  declare(home: string, files: readonly DeclaredFile[]): Command;
}
