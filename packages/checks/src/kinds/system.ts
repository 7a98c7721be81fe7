/** What runs there and is set there: `port`, `process`, `interface`, `kernel-param`, `program`, `package`, `service`, `command`. */
import { durationOf, isObject, type Json } from "@muster/model";
import { type Found, found, none, untold } from "../check.ts";
import { type Facts, factOf, type RunQuestion, type Text } from "../facts.ts";
import type { Asked, Kind, Subject } from "../kind.ts";
import { socketsOf } from "./sockets.ts";
import { nameSubject } from "./subjects.ts";

const PORT = /^(?:(tcp|udp):)?(\d{1,5})$/;

const portSubject: Subject = {
  meaning: "Its number, or `udp:NUMBER`",
  schema: {
    anyOf: [
      { type: "integer", minimum: 1, maximum: 65_535 },
      { type: "string", pattern: PORT.source },
    ],
  },
  fault(value) {
    const { number } = portOf(value);
    return Number.isInteger(number) && number >= 1 && number <= 65_535
      ? undefined
      : "must be a number from 1 to 65535, or one after `tcp:` or `udp:`";
  },
};

function portOf(subject: Json): { protocol: "tcp" | "udp"; number: number } {
  const [, protocol, number] = PORT.exec(String(subject)) ?? [];
  return { protocol: protocol === "udp" ? "udp" : "tcp", number: Number(number) };
}

export const port = {
  summary: "A port of the target, as its kernel knows it; from outside it is asked with `addr`",
  subject: portSubject,
  options: {},
  properties: {
    listening: { is: "flag", meaning: "Somebody listens there" },
    addresses: { is: "texts", meaning: "The addresses that are listened at; `0.0.0.0` and `::` are all" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) =>
      [portOf(subject).protocol, `${portOf(subject).protocol}6`].map((table) => ({ ask: "read", of: netTable(table) })),
    found(property, { subject }, facts) {
      const { protocol, number } = portOf(subject);
      const four = factOf(facts, "read", netTable(protocol));
      // A kernel without IPv6 has no such table.
      const six = factOf(facts, "read", netTable(`${protocol}6`));
      if (four.kind === "none") return untold(`there is no ${netTable(protocol)}`);
      const trouble = [four, six].find((each) => each.kind === "unknown");
      if (trouble !== undefined) return untold(trouble.why);
      const tables = [four, six].flatMap((each) => (each.kind === "known" ? [each.value] : []));
      const addresses = tables.flatMap(({ text }) => socketsOf(text, protocol, number));
      if (tables.some(({ whole }) => !whole) && (addresses.length === 0 || property === "addresses")) {
        return untold("there are more sockets than are read");
      }
      if (property === "listening") return found(addresses.length > 0);
      if (addresses.length === 0) return none(`nobody listens at ${protocol} port ${number}`);
      return found([...new Set(addresses)].toSorted());
    },
  },
} as const satisfies Kind;

function netTable(protocol: string): string {
  return `/proc/net/${protocol}`;
}

/** The bytes that a kernel keeps of a process's name. */
const LONGEST_NAME = 15;

export const process = {
  summary: "Processes of one name that have not ended",
  subject: nameSubject("The name of its program", /^[^\s/][^\p{Cc}/]*$/u, "the name of a program, without a path"),
  options: {},
  properties: {
    running: { is: "flag", meaning: "There is one at least" },
    count: { is: "number", meaning: "How many there are" },
  },
  asking: {
    where: "target",
    needs: () => [{ ask: "processes", of: "" }],
    found(property, { subject }, facts) {
      const names = factOf(facts, "processes", "");
      if (names.kind !== "known") return untold(names.kind === "none" ? "there is no /proc" : names.why);
      const name = Buffer.from(String(subject)).subarray(0, LONGEST_NAME).toString();
      const count = names.value.filter((each) => each === name).length;
      return found(property === "running" ? count > 0 : count);
    },
  },
} as const satisfies Kind;

const networkOf = (subject: Json) => `/sys/class/net/${subject}`;

/** Called so in the stack: `interface`. */
export const networkInterface = {
  summary: "A network interface",
  subject: nameSubject("Its name", /^[^\s/.-][^\s/]{0,14}$/, "a name of 15 characters at most, as `eth0`"),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "There is such an interface" },
    mtu: { is: "number", meaning: "The bytes that a packet may have" },
    addresses: { is: "texts", meaning: "Its addresses with their prefixes, as `10.0.0.5/24`" },
  },
  asking: {
    where: "target",
    needs: ({ subject, properties }) => [
      { ask: "stat", of: networkOf(subject) },
      ...(properties.has("mtu") ? [{ ask: "read", of: `${networkOf(subject)}/mtu` } as const] : []),
      ...(properties.has("addresses") ? [{ ask: "addresses", of: "" } as const] : []),
    ],
    found(property, { subject }, facts) {
      const there = factOf(facts, "stat", networkOf(subject));
      if (there.kind === "unknown") return untold(there.why);
      if (property === "exists") return found(there.kind === "known");
      if (there.kind === "none") return none(`there is no interface ${subject}`);
      if (property === "mtu") return numberIn(factOf(facts, "read", `${networkOf(subject)}/mtu`));
      const addresses = factOf(facts, "addresses", "");
      if (addresses.kind !== "known") return untold(addresses.kind === "none" ? "nobody tells them" : addresses.why);
      return found((addresses.value[String(subject)] ?? []).toSorted());
    },
  },
} as const satisfies Kind;

function numberIn(answer: ReturnType<typeof textAnswer>): Found {
  if (answer.kind !== "known") return untold(answer.kind === "none" ? "it is not told there" : answer.why);
  return found(Number(answer.value.text));
}

function textAnswer(facts: Facts, of: string) {
  return factOf(facts, "read", of);
}

/** `net.ipv4.ip_forward` and `net/ipv4/ip_forward` are the same. */
function parameterOf(subject: Json): string {
  const name = String(subject);
  return `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`;
}

export const kernelParam = {
  summary: "A parameter of the kernel, as sysctl shows it",
  subject: nameSubject(
    "Its name, as `net.ipv4.ip_forward`",
    /^[A-Za-z0-9_][\w:-]*(?:[./][A-Za-z0-9_*][\w:*-]*)+$/,
    "a name as `net.ipv4.ip_forward`",
  ),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "The kernel has such a parameter" },
    value: { is: "text", meaning: "Its value; several are parted by one space" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) => [{ ask: "read", of: parameterOf(subject) }],
    found(property, { subject }, facts) {
      const answer = textAnswer(facts, parameterOf(subject));
      if (answer.kind === "unknown") return untold(answer.why);
      if (property === "exists") return found(answer.kind === "known");
      if (answer.kind === "none") return none(`there is no parameter ${subject}`);
      return found(answer.value.text.trim().replaceAll(/\s+/g, " "));
    },
  },
} as const satisfies Kind;

/** Called so in the stack: `package`. */
export const installedPackage = {
  summary: "A package of dpkg, rpm or apk",
  subject: nameSubject(
    "Its name",
    /^[A-Za-z0-9][A-Za-z0-9+._-]*$/,
    "a name of letters, digits, dots, dashes and plusses",
  ),
  options: {},
  properties: {
    installed: { is: "flag", meaning: "It is installed" },
    version: { is: "text", meaning: "The version that is installed" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) => [{ ask: "package", of: String(subject) }],
    found(property, { subject }, facts) {
      const version = factOf(facts, "package", String(subject));
      if (version.kind === "unknown") return untold(version.why);
      if (property === "installed") return found(version.kind === "known");
      return version.kind === "none" ? none(`${subject} is not installed`) : found(version.value);
    },
  },
} as const satisfies Kind;

export const program = {
  summary: "A program on the PATH of whoever is asked",
  subject: nameSubject("Its name", /^[^\s/-][^\s/]*$/, "the name of a program, without a path"),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "There is such a program, and it may be run" },
    path: { is: "text", meaning: "Where it is" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) => [{ ask: "program", of: String(subject) }],
    found(property, { subject }, facts) {
      const path = factOf(facts, "program", String(subject));
      if (path.kind === "unknown") return untold(path.why);
      if (property === "exists") return found(path.kind === "known");
      return path.kind === "none" ? none(`there is no program ${subject} on the PATH`) : found(path.value);
    },
  },
} as const satisfies Kind;

export const service = {
  summary: "A unit of systemd",
  subject: nameSubject("Its name; `.service` unless told", /^[A-Za-z0-9_][\w.@:\\-]*$/, "the name of a unit"),
  options: {},
  properties: {
    exists: { is: "flag", meaning: "There is such a unit" },
    running: { is: "flag", meaning: "It is active" },
    enabled: { is: "flag", meaning: "It is started with the machine" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) => [{ ask: "service", of: String(subject) }],
    found(property, { subject }, facts) {
      const unit = factOf(facts, "service", String(subject));
      if (unit.kind !== "known") return untold(unit.kind === "none" ? "nobody tells it" : unit.why);
      const { exists, running, enabled } = unit.value;
      if (property === "exists") return found(exists);
      if (!exists) return none(`there is no service ${subject}`);
      return found(property === "running" ? running : enabled);
    },
  },
} as const satisfies Kind;

const COMMAND_MS = 10_000;

const commandSubject: Subject = {
  meaning: "A program and its arguments as a list, run as it is; or a text, which `sh` reads",
  schema: {
    anyOf: [
      { type: "string", minLength: 1 },
      { type: "array", items: { type: "string" }, minItems: 1 },
    ],
  },
  fault(value) {
    const words = Array.isArray(value) ? value : [value];
    const are = words.length > 0 && words.every((word) => typeof word === "string" && !word.includes("\0"));
    return are && words[0] !== "" ? undefined : "must be a list of texts, or a text that `sh` reads";
  },
};

export const command = {
  summary: "A command that is run at the target",
  subject: commandSubject,
  options: { timeout: { is: "duration", meaning: "How long it may take; `10s` unless told" } },
  properties: {
    exit: { is: "number", meaning: "What it exits with; 127 is: there is no such program" },
    stdout: { is: "content", meaning: "What it prints; 64 KiB at most" },
    stderr: { is: "content", meaning: "What it complains about; 64 KiB at most" },
  },
  asking: {
    where: "target",
    needs: (asked) => [{ ask: "run", of: runQuestion(asked) }],
    found(property, asked, facts) {
      const ran = factOf(facts, "run", runQuestion(asked));
      if (ran.kind !== "known") return untold(ran.kind === "none" ? "it was not run" : ran.why);
      if (ran.value.late) return none(`it did not end within ${asked.options["timeout"] ?? "10s"}`);
      if (property === "exit") return found(ran.value.exit);
      const { text, whole }: Text = property === "stdout" ? ran.value.stdout : ran.value.stderr;
      return whole ? found(text) : untold("it printed more than 64 KiB");
    },
  },
} as const satisfies Kind;

function runQuestion({ subject, options }: Pick<Asked, "subject" | "options">): string {
  const words = Array.isArray(subject) ? subject.map(String) : String(subject);
  const question: RunQuestion = { command: words, timeoutMs: timeoutOf(options["timeout"], COMMAND_MS) };
  return JSON.stringify(question);
}

/** How long a question may take, in milliseconds. */
export function timeoutOf(written: Json | undefined, otherwise: number): number {
  return (typeof written === "string" ? durationOf(written) : undefined) ?? otherwise;
}

export function textsByName(written: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(written)) return {};
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, String(value)]));
}
