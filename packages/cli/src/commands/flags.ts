/** Flags that several commands have. */
import type { Consent } from "@muster/model";

export const OUTPUT = {
  kind: "enum",
  values: ["text", "json"],
  default: "text",
  brief: "How to print: for a person, or for a program",
} as const;

/** How a report of checks is printed: the same as `REPORT_FORMS`, which would load all that asks. */
export const CHECK_OUTPUT = {
  kind: "enum",
  values: ["text", "tap", "junit", "json", "prometheus"],
  default: "text",
  brief: "How to print: for a person, or for a program",
} as const;

/** As entries of a stack, in one of the languages that a stack is written in. */
export const ENTRY_OUTPUT = {
  kind: "enum",
  values: ["yaml", "ts", "json"],
  default: "yaml",
  brief: "The language of the entries",
} as const;

export const YES = { kind: "boolean", default: false, withNegated: false, brief: "Do not ask" } as const;

export const SET = {
  kind: "parsed",
  parse: String,
  variadic: true,
  optional: true,
  placeholder: "provider.key=value",
  brief: "A provider's setting; a value that begins with ./ or ../ is taken from the current directory",
} as const;

export interface OutputFlags {
  readonly output: "text" | "json";
}

export interface EntryFlags {
  readonly output: "yaml" | "ts" | "json";
}

export interface SetFlags {
  readonly set?: readonly string[];
}

export const ALLOW = {
  kind: "enum",
  values: ["irreversible", "replace"],
  variadic: true,
  optional: true,
  brief: "What may be done to resources this once: changes that cannot be taken back, destroying one to make it anew",
} as const;

export const PRUNE = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Destroy resources that were declared before and are no longer, unless they are protected",
} as const;

export interface AskedFlags {
  readonly allow?: readonly Consent[];
  readonly prune: boolean;
}

export const FILES = {
  kind: "array",
  minimum: 1,
  parameter: { parse: String, placeholder: "file", brief: "A stack in YAML, JSON or TypeScript, or an InfraKit group" },
} as const;

export const FILE = { parse: String, placeholder: "file", brief: FILES.parameter.brief } as const;

export const GROUP = {
  parse: String,
  placeholder: "group",
  brief: "A group's name, or stack/name",
} as const;

export const INSTANCE = {
  parse: String,
  placeholder: "instance",
  brief: "An instance's id or how it begins, or its group and place: web/0, shop/web/0",
} as const;

export const FOLLOW = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Go on with what is printed",
} as const;

export const LINES = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "n",
  brief: "Only the last so many lines of what is there",
} as const;

export const OUT = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "file",
  brief: "Where to keep it: a new file; unless told, it goes to standard output",
} as const;

export const FORCE_OUT = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Put the new file in the place of one that is there",
} as const;

/** Short forms of flags. */
export const LOG_ALIASES = { f: "follow", n: "lines" } as const;

export interface LogFlags {
  readonly follow: boolean;
  readonly lines?: string;
}

export const STACK = { parse: String, optional: true, placeholder: "stack", brief: "Only of this stack" } as const;

export const SINCE = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "time",
  brief: "Not before: 30s, 15m, 2h, 7d ago, or a date as 2026-01-31T14:00",
} as const;

/** A command's help: what it does, and how it is typed. */
export function documented(brief: string, description: string, ...examples: readonly string[]) {
  const shown = examples.map((example) => `  ${example}`).join("\n");
  return { brief, fullDescription: `${description}\n\nEXAMPLE\n${shown}` };
}
