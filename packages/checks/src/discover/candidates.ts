/** What may be said of a program that runs: things of which it is asked, before anything is said of them, how they are. */
import type { Json } from "@muster/model";
import { nameOfProcess, type Port, type Root, type Sighting } from "./looking.ts";

export interface Candidate {
  readonly kind: string;
  readonly subject: Json;
  readonly properties: readonly string[];
}

export function candidatesOf(
  name: string,
  sighting: Sighting,
  ports: readonly Port[],
  users: readonly string[],
): readonly Candidate[] {
  const { roots, packages } = sighting;
  const units = [...new Set(roots.flatMap(({ unit }) => unit ?? []))];
  return [
    { kind: "process", subject: nameOfProcess(name), properties: ["running"] },
    ...ports.map((port) => ({ kind: "port", subject: subjectOf(port), properties: ["listening", "addresses"] })),
    ...units.map((unit) => ({ kind: "service", subject: unit, properties: ["exists", "running", "enabled"] })),
    ...packages.map((subject) => ({ kind: "package", subject, properties: ["installed"] })),
    ...configurationOf(sighting).map((subject) => ({
      ...{ kind: "file", subject },
      properties: ["exists", "type", "mode", "owner", "group"],
    })),
    ...users.map((subject) => ({ kind: "user", subject, properties: ["exists", "home", "shell"] })),
  ];
}

function subjectOf({ protocol, number }: Port): Json {
  return protocol === "tcp" ? number : `udp:${number}`;
}

/** Each port once, by its number. */
export function portsOf(roots: readonly Root[]): readonly Port[] {
  const all = roots
    .flatMap(({ ports = [] }) => ports)
    .map((port) => [`${port.protocol}:${port.number}`, port] as const);
  return [...new Map(all).values()].toSorted((a, b) => a.number - b.number);
}

/** The files that they were told to read; where none is told, those at the usual places. */
export function configurationOf({ roots, files }: Sighting): readonly string[] {
  const told = [...new Set(roots.flatMap(toldFiles))];
  return told.length > 0 ? told : files;
}

/** What comes before a file that is read: `-f`, `-c`, `--config`, `--defaults-file`. */
const TELLS = /^-(?:[cf]|-?[\w-]*(?:conf|cfg|config|defaults-file)[\w-]*)$/;
const LOOKS = /^\/etc\/|\.(?:conf|cfg|cnf|ini|ya?ml|json|toml)$/;

function toldFiles({ program, words }: Root): readonly string[] {
  return words.flatMap((word, at) => {
    const path = word.slice(word.indexOf("=") + 1);
    if (!path.startsWith("/") || path === program || path.endsWith("/")) return [];
    const flag = path === word ? (words[at - 1] ?? "") : word.slice(0, word.indexOf("="));
    return TELLS.test(flag) || LOOKS.test(path) ? [path] : [];
  });
}

/** What the kernel gives to whoever asks for any port, and nobody chose: it is another one the next time. */
export function isPassing({ number }: Port, range: readonly [number, number], said: readonly string[]): boolean {
  const [from, to] = range;
  const isChosen = said.some((text) => new RegExp(`(?<!\\d)${number}(?!\\d)`).test(text));
  return number >= from && number <= to && !isChosen;
}
