/** The checks of a copy, each with what it takes from its member or resource, and whom it is asked of. */
import { randomBytes } from "node:crypto";
import {
  kindOf,
  localTarget,
  type Report,
  type Result,
  type Surroundings,
  saidTarget,
  type Target,
  type Verifying,
  verify,
} from "@muster/checks";
import {
  type Check,
  type CheckReference,
  type Json,
  messageOf,
  musterMarks,
  ownOf,
  resolveCheck,
  type Stack,
} from "@muster/model";
import type { Environment } from "../cli.ts";
import type { KeptMember } from "./kept.ts";

/** Checks that are asked of one: this machine, or the inside of a thing. */
export interface Questions {
  readonly of: Target;
  readonly checks: readonly Check[];
  /** What could not be asked, since nobody knows what stands in it. */
  readonly untold: readonly Result[];
}

export function hasChecks({ checks, groups, resources }: Stack): boolean {
  const all = [checks, ...[...Object.values(groups), ...Object.values(resources)].map((each) => each.checks)];
  return all.some(({ length }) => length > 0);
}

/** @param members those that are there now */
export function questionsOf(stack: Stack, members: readonly KeptMember[], env: Environment): readonly Questions[] {
  const here = surroundingsOf(env);
  const resourceValue = valuesOf(stack, members);
  const reading = (self: (word: string) => Json | undefined) => (reference: CheckReference) =>
    reference.of === "self" ? self(reference.word) : resourceValue(reference.address, reference.property);
  const asked = (of: Target, checks: readonly Check[], self: (word: string) => Json | undefined) =>
    questions(of, checks, reading(self));
  const ofGroups = members.flatMap((member) => {
    const checks = ownOf(stack.groups, member.owner)?.checks ?? [];
    return asked(targetOf(member, here), checks, (word) => wordOf(member, word));
  });
  const ofResources = Object.values(stack.resources).flatMap(({ address, checks }) => {
    const member = members.find(({ name }) => name === address);
    const of = member === undefined ? named(localTarget(here), address) : targetOf(member, here);
    return asked(of, checks, (word) => resourceValue(address, word));
  });
  return [...asked(localTarget(here), stack.checks, () => undefined), ...ofGroups, ...ofResources];
}

/** Asks all of them at once, and makes one report of it. */
export async function ask(questions: readonly Questions[], how: Omit<Verifying, "targets">): Promise<Report> {
  const reports = await Promise.all(questions.map(({ of, checks }) => verify(checks, { ...how, targets: [of] })));
  const results = reports.flatMap((report, at) => [...report.results, ...(questions[at]?.untold ?? [])]);
  const count = (wanted: Result["verdict"]) => results.filter(({ verdict }) => verdict === wanted).length;
  const longest = reports.toSorted((a, b) => b.tookMs - a.tookMs)[0];
  return {
    ...{ rounds: 1, tookMs: 0, at: how.now(), ...longest, results },
    counts: { pass: count("pass"), fail: count("fail"), unknown: count("unknown") },
  };
}

function questions(
  of: Target,
  checks: readonly Check[],
  value: (reference: CheckReference) => Json | undefined,
): readonly Questions[] {
  if (checks.length === 0) return [];
  const resolved = checks.map((check) => resolveCheck(check, value));
  const sound = resolved.filter(({ check, unknown }) => whyNot(check, unknown) === undefined);
  const untold = resolved.flatMap(({ check, unknown }) => {
    const reason = whyNot(check, unknown);
    return reason === undefined
      ? []
      : check.statements.map(({ property }) => unknownResult(check, property, of, reason));
  });
  return [{ of, checks: sound.map(({ check }) => check), untold }];
}

/** What was put into its subject may be none. */
function whyNot({ kind, subject }: Check, unknown: readonly string[]): string | undefined {
  if (unknown.length > 0) return `nobody knows what ${unknown.join(", ")} stands for`;
  const fault = kindOf(kind)?.subject.fault(subject);
  return fault && `\`${kind}\` ${fault}`;
}

function unknownResult({ kind, subject, title }: Check, property: string, of: Target, reason: string): Result {
  return { kind, subject, title, property, target: of.name, verdict: "unknown", reason };
}

function wordOf({ seen }: KeptMember, word: string): Json | undefined {
  const { stack, owner: group, slot, port } = musterMarks.read(seen.tags) ?? {};
  const words: Readonly<Record<string, Json | undefined>> = { stack, group, slot, port, id: seen.id };
  return ownOf(words, word) ?? ownOf(seen.properties, word);
}

/** As it is where it can be seen, else as it is declared: but nothing that is made of others' properties. */
function valuesOf({ resources }: Stack, members: readonly KeptMember[]) {
  return (address: string, property: string): Json | undefined => {
    const seen = members.find(({ name }) => name === address)?.seen;
    const declared = ownOf(resources, address);
    const value = ownOf(seen?.properties ?? {}, property) ?? ownOf(declared?.properties ?? {}, property);
    if (property === "id") return seen?.id ?? value;
    if (value === undefined && property === "name") return declared?.name;
    return isWhole(value) ? value : undefined;
  };
}

function isWhole(value: Json | undefined): boolean {
  const text = JSON.stringify(value ?? null);
  return !text.includes("${") && !text.includes('"secret"');
}

/** The bytes that are taken of whoever is looked into. */
const MOST_SAID = 8_388_608;

/** A process sees the machine that it runs on. */
function targetOf({ name, type, seen, provider }: KeptMember, here: Surroundings): Target {
  if (type === "process" || (provider.exec === undefined && provider.console === undefined))
    return named(localTarget(here), name);
  return saidTarget(name, here.boundary, async (script, timeoutMs, signal) => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const said: Record<"out" | "err", Uint8Array[]> = { out: [], err: [] };
    let left = MOST_SAID;
    const hear = async (): Promise<string> => {
      const asked = { command: ["sh", "-s"], input: only(script) } as const;
      const run = await provider.exec?.(seen.id, asked, { signal: over });
      if (run === undefined) return `nobody can look into a ${type}`;
      for await (const { stream, bytes } of run.output) {
        left -= bytes.length;
        if (left < 0) return `it said more than ${MOST_SAID} bytes`;
        said[stream].push(bytes);
      }
      const exit = await run.ended;
      return exit.kind === "exited" ? `sh exited with ${exit.code}` : `sh was ended by ${exit.signal}`;
    };
    const trouble = await hear().catch(messageOf);
    return { stdout: Buffer.concat(said.out), stderr: Buffer.concat(said.err), trouble };
  });
}

async function* only(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function named(target: Target, name: string): Target {
  return { ...target, name };
}

function surroundingsOf(env: Environment): Surroundings {
  const known = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { env: Object.fromEntries(known), boundary: () => `muster${randomBytes(16).toString("hex")}` };
}
