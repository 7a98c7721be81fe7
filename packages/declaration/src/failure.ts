import { fileURLToPath } from "node:url";

/** What was thrown while a stack file was evaluated, and where. */
export interface Failure {
  readonly kind: "failed";
  /** The text could not even be understood as a program. */
  readonly syntax: boolean;
  readonly detail: string;
  /** An absolute path. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** @param sdk the URL of `@muster/sdk`: what it throws is the fault of whoever called it. */
export function failureOf(thrown: unknown, sdk: string): Failure {
  if (!(thrown instanceof Error)) return { kind: "failed", syntax: false, detail: `it threw ${String(thrown)}` };
  const stack = String(thrown.stack);
  const [detail = ""] = `${thrown.name}: ${thrown.message}`.split("\n");
  const frame = frameOf(stack, sdk);
  if (frame) return { kind: "failed", syntax: false, detail, ...frame };
  // A module that cannot be linked is a SyntaxError too, though its text is in order.
  const syntax = thrown instanceof SyntaxError && !thrown.message.startsWith("The requested module");
  return { kind: "failed", syntax, detail: syntax ? detail.replace(/^SyntaxError: /, "") : detail, ...shownOf(stack) };
}

export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** The innermost call that lies in the person's own files. */
function frameOf(stack: string, sdk: string): Spot | undefined {
  const sdkFolder = new URL(".", sdk).href;
  for (const [, url = "", line, column] of stack.matchAll(/^ {4}at .*?(file:\/\/\S+?):(\d+):(\d+)\)?$/gm)) {
    if (url.startsWith(sdkFolder) || url.includes("/node_modules/") || url.startsWith(OWN_FOLDER)) continue;
    return { file: fileURLToPath(url), line: Number(line), column: Number(column) };
  }
  return undefined;
}

const OWN_FOLDER = new URL(".", import.meta.url).href;

/** Node puts the place of a syntax error above the stack: the file and line, the line's text, and an arrow below it. */
export function shownOf(stack: string): Spot | undefined {
  const [, where = "", line] = /^(\S.*):(\d+)\n/.exec(stack) ?? [];
  if (line === undefined) return undefined;
  const arrow = /^( *)\^+$/m.exec(stack);
  const file = where.startsWith("file:") ? fileURLToPath(where) : where;
  return { file, line: Number(line), ...(arrow ? { column: (arrow[1] ?? "").length + 1 } : {}) };
}
