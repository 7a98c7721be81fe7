/**
 * A page of the guide as something that can be played: what it shows of a terminal is typed again, and must look the same.
 *
 * A fence says what its block is: `yaml file=shop.yaml` is a file to be written; `console run` commands that end, each with
 * what it prints; `console stays NAME` a command that goes on; `console more NAME` what that one prints later, or `^C`.
 */
export type Block =
  | { readonly kind: "file"; readonly name: string; readonly text: string }
  | { readonly kind: "run"; readonly commands: readonly Shown[] }
  | { readonly kind: "stays"; readonly name: string; readonly command: Shown }
  | { readonly kind: "more"; readonly name: string; readonly interrupted: boolean; readonly lines: readonly string[] };

/** What is typed, and what is printed; a line `…` stands for any number of lines. */
export interface Shown {
  readonly typed: string;
  readonly lines: readonly string[];
}

const FENCE = /^```(?<language>\w+) (?<info>\S.*)\n(?<body>[\s\S]*?)^```$/gm;

/** The blocks of a page that can be played, in order. Throws where a fence or its first line cannot be understood. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(FENCE)].map(({ groups = {} }) => {
    const { language = "", info = "", body = "" } = groups;
    const [word = "", name = ""] = info.split(" ");
    if (word.startsWith("file=")) return { kind: "file", name: word.slice("file=".length), text: body };
    const lines = body.trimEnd().split("\n");
    if (language === "console" && word === "run") return { kind: "run", commands: commandsIn(lines) };
    if (language === "console" && word === "stays") return { kind: "stays", name, command: onlyCommandIn(lines) };
    if (language === "console" && word === "more") return more(name, lines);
    throw new Error(`the fence \`${language} ${info}\` says nothing that is known`);
  });
}

function commandsIn(lines: readonly string[]): readonly Shown[] {
  const commands: { typed: string; lines: string[] }[] = [];
  for (const line of lines) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ typed: line.slice(2), lines: [] });
    else if (last === undefined) throw new Error(`a block begins with \`$ \`, and not with: ${line}`);
    else if (line.startsWith("> ") && last.lines.length === 0) last.typed += `\n${line.slice(2)}`;
    else last.lines.push(line);
  }
  return commands;
}

function onlyCommandIn(lines: readonly string[]): Shown {
  const [command, ...others] = commandsIn(lines);
  if (command === undefined || others.length > 0) throw new Error(`one command stays, and not: ${lines.join("; ")}`);
  return command;
}

function more(name: string, lines: readonly string[]): Block {
  const interrupted = lines[0] === "^C";
  return { kind: "more", name, interrupted, lines: interrupted ? lines.slice(1) : lines };
}

/** A line without what is another each time: ids, times, ages, and so how wide a column is. */
export function masked(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "INSTANT")
    .replace(/\d{4}-\d\d-\d\d(?=[ T])/g, "DATE")
    .replace(/\b\d\d:\d\d:\d\d\b/g, "TIME")
    .replace(/\b(instance|note)-[0-9a-f-]{10,}/g, "$1-ID")
    .replace(/\bprocess \d+/g, "process PID")
    .replace(/"pid": ?\d+/g, '"pid":PID')
    .replace(/\b\d+(ms|s|m)\b/g, "AGE")
    .replace(/\b[0-9a-f]{24,}\b/g, "HEX")
    .replace(/\b\d{13,}\b/g, "NUMBER")
    .replace(/ {2,}/g, "  ")
    .trimEnd();
}

/** Whether lines are there as shown. Undefined: not as far as they have come; more may follow. */
export function agrees(shown: readonly string[], printed: readonly string[]): boolean {
  const [wanted, ...others] = shown;
  if (wanted === undefined) return printed.length === 0;
  if (wanted.trim() === "…")
    return printed.some((_, from) => agrees(others, printed.slice(from))) || agrees(others, []);
  const [first, ...rest] = printed;
  return first !== undefined && masked(first) === masked(wanted) && agrees(others, rest);
}
