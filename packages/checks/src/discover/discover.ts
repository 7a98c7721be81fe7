/** Checks of what is there: of a program that runs, or of one thing. They hold when they are written. */
import type { Json } from "@muster/model";
import type { Check, Found, Statement } from "../check.ts";
import { type Facts, factOf, type Need, needsOf, type RunQuestion } from "../facts.ts";
import { subjectText } from "../kind.ts";
import { nameOfId } from "../kinds/accounts.ts";
import { kindOf } from "../kinds/all.ts";
import type { Target } from "../target/target.ts";
import { type Candidate, candidatesOf, configurationOf, isPassing, portsOf } from "./candidates.ts";
import { lookingFor, nameOfProcess, type Sighting, sightingIn } from "./looking.ts";
import { steadyOf } from "./steady.ts";

export interface Discovering {
  readonly target: Target;
  /** Of one whole answer, in milliseconds; there are two at most. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type Discovered =
  | {
      readonly kind: "found";
      readonly checks: readonly [Check, ...Check[]];
      /** What could not be told, and so is not in them. */
      readonly notes: readonly string[];
    }
  /** `others`: what there is instead, where that can be told. */
  | { readonly kind: "nothing"; readonly others: readonly string[] }
  | { readonly kind: "unknown"; readonly why: string };

const PASSWD = "/etc/passwd";
const RANGE = "/proc/sys/net/ipv4/ip_local_port_range";

/** All that is steady of one thing. */
export async function discoverThing(kind: string, subject: Json, how: Discovering): Promise<Discovered> {
  const [look] = await lookAt([{ kind, subject, properties: steadyOf(kind) ?? [] }], how);
  if (look === undefined || look.kind === "nothing") return { kind: "nothing", others: [] };
  return look.kind === "unknown" ? look : { kind: "found", checks: [look.check], notes: look.notes };
}

/** Of a program that runs: its processes, ports, service, package, configuration and users. */
export async function discoverProgram(name: string, how: Discovering): Promise<Discovered> {
  const question: RunQuestion = { command: lookingFor(name), timeoutMs: how.timeoutMs };
  const looking: Need = { ask: "run", of: JSON.stringify(question) };
  const seen = await how.target.gather(needsOf([looking, { ask: "processes", of: "" }]), how.timeoutMs, how.signal);
  const processes = factOf(seen, "processes", "");
  if (processes.kind !== "known") return unknownOf(processes.kind === "none" ? "there is no /proc" : processes.why);
  if (!processes.value.includes(nameOfProcess(name))) {
    return { kind: "nothing", others: [...new Set(processes.value)] };
  }
  const ran = factOf(seen, "run", looking.of);
  if (ran.kind !== "known") return unknownOf(ran.kind === "none" ? "it was not looked for" : ran.why);
  if (ran.value.late) return unknownOf("to look for it took too long");
  const sighting = sightingIn(ran.value.stdout.text);
  if (sighting.roots.length === 0) return unknownOf("it runs where whoever is asked cannot look");
  return ofSighting(name, sighting, how);
}

function unknownOf(why: string): Extract<Discovered, { kind: "unknown" }> {
  return { kind: "unknown", why };
}

async function ofSighting(name: string, sighting: Sighting, how: Discovering): Promise<Discovered> {
  const files = configurationOf(sighting);
  const reads = [PASSWD, RANGE, ...files].map((of): Need => ({ ask: "read", of }));
  const facts = await how.target.gather(needsOf(reads), how.timeoutMs, how.signal);
  const said = [...files.map((file) => textIn(facts, file)), ...sighting.roots.flatMap(({ words }) => words)];
  const ports = portsOf(sighting.roots);
  const passing = ports.filter((port) => isPassing(port, rangeIn(textIn(facts, RANGE)), said));
  const kept = ports.filter((port) => !passing.includes(port));
  const looks = await lookAt(candidatesOf(name, sighting, kept, usersOf(name, sighting, facts)), how);
  const [first, ...others] = looks.flatMap((look) => (look.kind === "found" ? [look.check] : []));
  if (first === undefined) return { kind: "nothing", others: [] };
  const unseen = sighting.roots.some((root) => root.ports === undefined);
  const notes = [
    ...(unseen ? ["its ports: whoever is asked may not see the sockets of all of its processes"] : []),
    ...passing.map(({ protocol, number }) => `${protocol} port ${number}: it was the kernel that chose it`),
    ...looks.flatMap((look) => (look.kind === "found" ? look.notes : look.kind === "unknown" ? [look.why] : [])),
  ];
  return { kind: "found", checks: [first, ...others], notes };
}

function textIn(facts: Facts, path: string): string {
  const answer = factOf(facts, "read", path);
  return answer.kind === "known" ? answer.value.text : "";
}

function rangeIn(text: string): readonly [number, number] {
  const [from = 32_768, to = 60_999] = (text.match(/\d+/g) ?? []).map(Number);
  return [from, to];
}

/** Those who run it, and whoever bears its name; that there is a root goes without saying. */
function usersOf(name: string, { uids }: Sighting, facts: Facts): readonly string[] {
  const passwd = factOf(facts, "read", PASSWD);
  const all = textIn(facts, PASSWD)
    .split("\n")
    .map((line) => line.split(":")[0]);
  const running = uids.filter((uid) => uid !== 0).map((uid) => nameOfId(uid, passwd));
  const named = running.flatMap((each) => (each.kind === "is" ? [String(each.value)] : []));
  return all.filter((each) => each !== undefined && (each === name || named.includes(each))).map(String);
}

type Look =
  | { readonly kind: "found"; readonly check: Check; readonly notes: readonly string[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown"; readonly why: string };

/** How the candidates are: all of them asked at once. */
async function lookAt(
  candidates: readonly Candidate[],
  { target, timeoutMs, signal }: Discovering,
): Promise<readonly Look[]> {
  const all = candidates.flatMap((candidate) => {
    const { subject, properties } = candidate;
    const kind = kindOf(candidate.kind);
    // Nobody could read a check of what cannot be written as one.
    if (kind?.asking.where !== "target" || kind.subject.fault(subject) !== undefined) return [];
    const { asking } = kind;
    return [{ candidate, asking, asked: { subject, options: {}, properties: new Set(properties) } }];
  });
  const needs = needsOf(all.flatMap(({ asking, asked }) => asking.needs(asked)));
  const facts = await target.gather(needs, timeoutMs, signal);
  return all.map(({ candidate, asking, asked }) => {
    return lookOf(candidate, (property) => asking.found(property, asked, facts));
  });
}

/** The first property says whether there is such a thing. */
function lookOf({ kind, subject, properties }: Candidate, foundOf: (property: string) => Found): Look {
  const called = `${kind} ${subjectText(subject)}`;
  const all = properties.map((property) => ({ property, found: foundOf(property) }));
  const [there] = all;
  if (there?.found.kind === "unknown") return unknownOf(`${called}: ${there.found.why}`);
  if (there?.found.kind !== "is" || there.found.value === false) return { kind: "nothing" };
  const [first, ...others] = all.flatMap(({ property, found }): readonly Statement[] =>
    found.kind === "is" ? [{ property, matcher: { word: "equals", value: found.value } }] : [],
  );
  if (first === undefined) return { kind: "nothing" };
  const notes = all.flatMap(({ property, found }) =>
    found.kind === "unknown" ? [`${property} of ${called}: ${found.why}`] : [],
  );
  return { kind: "found", check: { kind, subject, options: {}, statements: [first, ...others] }, notes };
}
