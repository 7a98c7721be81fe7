/** What the tools are told: the one place that knows which of them takes an argument, and what it may be. */
import { TOOLS, type Tool, type ToolAsked } from "./contract.ts";

/** A name of a snapshot: it may become a file's. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

type Takes = "a name" | "up or down" | "nothing";

const TAKES: Readonly<Record<Tool, Takes>> = {
  pause: "nothing",
  continue: "nothing",
  stats: "nothing",
  trace: "nothing",
  core: "nothing",
  gdb: "nothing",
  link: "up or down",
  snapshot: "a name",
  restore: "a name",
};

/** Those after which a thing does something else than before. */
const CHANGING: ReadonlySet<Tool> = new Set(["pause", "continue", "link", "restore"]);

export function isChanging(tool: Tool): boolean {
  return CHANGING.has(tool);
}

export function isTool(word: string): word is Tool {
  return TOOLS.some((tool) => tool === word);
}

/** Why a tool cannot be told this, in a sentence; undefined where it can. */
export function whyNotTold({ tool, argument }: ToolAsked): string | undefined {
  switch (TAKES[tool]) {
    case "nothing":
      return argument === undefined ? undefined : `${tool} takes no argument`;
    case "up or down":
      return argument === "up" || argument === "down" ? undefined : `${tool} takes \`up\` or \`down\``;
    case "a name":
      if (argument !== undefined && NAME.test(argument)) return undefined;
      return `${tool} takes a name: at most 64 letters, digits, \`.\`, \`_\` and \`-\`, and \`.\` and \`-\` not as the first`;
  }
}
