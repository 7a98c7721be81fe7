import { Readable } from "node:stream";
import { type Cli, type Printer, routesFor, runCommandLine } from "@muster/cli";
import type { Command, RouteMap } from "@stricli/core";

/** Every command with the help that it prints itself. */
export async function commandsPage(): Promise<string> {
  const commands = commandsIn(await routesFor([]), ["muster"]);
  const entries = [];
  for (const words of commands) entries.push(`## ${words.join(" ")}\n\n\`\`\`text\n${await helpOf(words)}\`\`\`\n`);
  return `# Commands

What \`--help\` prints. \`muster\` stands for \`npx muster\` in a clone.

All commands but \`watch\`, \`serve\`, \`plan\`, \`apply\` and those of \`plugin\` ask a Muster that runs; \`history\`, \`audit\` and
\`group describe --at\` read the store itself, and so does \`events\` where none runs. Where they find it, and where plugins
are, says [the guide](../guide/serve.md#where-the-sockets-are); where state lives, [that of stacks](../guide/stacks.md#where-state-lives).

What is asked for goes to standard output, errors go to standard error. With \`--output json\` both are JSON, and what goes on prints
one object a line. Nothing asks a question where nobody can answer. Colours are left out with \`NO_COLOR\`, and where no terminal is. Exit codes
are told with [the errors](errors.md); that of \`muster instance exec\` is its command's.

${entries.join("\n")}`;
}

/** The words of each route and each command, a route before what it leads to. */
function commandsIn(target: Command<Cli> | RouteMap<Cli>, words: readonly string[]): readonly (readonly string[])[] {
  const inner = "getAllEntries" in target ? target.getAllEntries() : [];
  return [words, ...inner.flatMap(({ name, target: next }) => commandsIn(next, [...words, name.original]))];
}

async function helpOf([, ...words]: readonly string[]): Promise<string> {
  let printed = "";
  const out: Printer = {
    write(text) {
      printed += text;
    },
    send: async () => undefined,
    isTerminal: false,
    colors: false,
    columns: () => 120,
    closed: new AbortController().signal,
  };
  await runCommandLine([...words, "--help"], {
    out,
    err: out,
    env: {},
    cwd: "/",
    ask: undefined,
    keys: undefined,
    input: () => Readable.from([]),
    user: () => "ann",
  });
  return printed;
}
