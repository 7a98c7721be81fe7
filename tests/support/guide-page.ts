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

const HASH = /\b[0-9a-f]{24,}\b/g;

/**
 * A line without what is another each time: ids, times, ages, ports that are given out, and so how wide a
 * column is.
 *
 * @param nameOf what stands for a hash
 */
export function masked(line: string, nameOf: (hash: string) => string = () => "HASH"): string {
  return line
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "INSTANT")
    .replace(/\d{4}-\d\d-\d\d(?=[ T])/g, "DATE")
    .replace(/\b\d\d:\d\d:\d\d\b/g, "TIME")
    .replace(/\b(instance|note)-[0-9a-f-]{10,}/g, "$1-ID")
    .replace(/\bp-[0-9a-f]{12}\b/g, "p-ID")
    .replace(/(?<![-\w])(?:(\w+-try-))?[a-f]\d[0-9a-f]{4}\b/g, "$1TRY")
    .replace(/\bprocess \d+/g, "process PID")
    .replace(/"pid": ?\d+/g, '"pid":PID')
    .replace(/\b2\d{4}\b/g, "PORT")
    .replace(/\b\d+(?:\.\d+)?(ms|s|m)\b/g, "AGE")
    .replace(HASH, nameOf)
    .replace(/\b\d{13,}\b/g, "NUMBER")
    .replace(/ {2,}/g, "  ")
    .trimEnd();
}

/** Which hash of the page stands for which that was printed: always the same for the same, and for no other. */
export type Hashes = ReadonlyMap<string, string>;

/**
 * Whether lines are there as shown: the hashes that are known from then on. Undefined: not as far as they have come; more
 * may follow.
 */
export function agreement(shown: readonly string[], printed: readonly string[], known: Hashes): Hashes | undefined {
  const [wanted, ...others] = shown;
  if (wanted === undefined) return printed.length === 0 ? known : undefined;
  if (wanted.trim() === "…") {
    for (let from = 0; from <= printed.length; from++) {
      const found = agreement(others, printed.slice(from), known);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [first, ...rest] = printed;
  if (first === undefined || masked(first) !== masked(wanted)) return undefined;
  const hashes = pairedHashes(wanted, first, known);
  return hashes && agreement(others, rest, hashes);
}

/** Undefined: one stands for another than before. */
function pairedHashes(wanted: string, printed: string, known: Hashes): Hashes | undefined {
  const hashes = new Map(known);
  const real = printed.match(HASH) ?? [];
  for (const [at, shown] of (wanted.match(HASH) ?? []).entries()) {
    const other = real[at] ?? "";
    const before = hashes.get(shown);
    const isTaken = before === undefined && [...hashes.values()].includes(other);
    if (isTaken || (before !== undefined && before !== other)) return undefined;
    hashes.set(shown, other);
  }
  return hashes;
}

/** What was printed, with the page's own hashes where it is known which they are. */
export function inWordsOfThePage(printed: readonly string[], known: Hashes): readonly string[] {
  const shownFor = new Map([...known].map(([shown, real]) => [real, shown]));
  return printed.map((line) => masked(line, (hash) => shownFor.get(hash) ?? hash));
}
