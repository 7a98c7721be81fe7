/** What is asked: the checks of each file; and of each stack besides, whether what it declares is so. */
import { resolve } from "node:path";
import { type Check, kindOf, type MoreKinds, noLonger, type Result, subjectText } from "@muster/checks";
import type { CheckToAsk, Inspector } from "@muster/daemon";
import { checksOf, readDocument, type SourceDocument } from "@muster/declaration/checks";
import { type Document, durationText, isObject, type Json, MusterError, resolveCheck, type Stack } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { ReadStack } from "../work/read-stack.ts";
import { type Blind, derivedFrom } from "./derived.ts";

/** A file as it was read, before anybody knows what kinds there are. */
export interface ReadPart {
  readonly file: string;
  readonly path: string;
  readonly source: SourceDocument;
  /** Missing of a file of checks alone. */
  readonly declared?: { readonly stack: Stack; readonly document: Document };
}

/** What is asked of one subject. */
export interface Part {
  /** Under which its report is kept: the name of a stack, or the absolute path of a file of checks. */
  readonly subject: string;
  readonly checks: readonly Check[];
  /**
   * Of a stack: all that is asked of it, in each round, and told by its own end: `timeoutMs`.
   *
   * @param ask asks what it is given until the signal
   */
  derived?(
    ask: (checks: readonly CheckToAsk[], until: AbortSignal) => Promise<readonly Result[]>,
    signal: AbortSignal,
  ): Promise<readonly Result[]>;
}

export async function readPart(cli: Cli, file: string): Promise<ReadPart> {
  const source = await readDocument(file, {
    sdk: import.meta.resolve("@muster/sdk"),
    env: cli.env,
    print: cli.err.write,
  });
  const read = { file, path: resolve(cli.cwd, file), source };
  if (!isStack(source.data)) return read;
  // Whoever asks checks alone loads nothing of stacks.
  const { documentOf, stackOf } = await import("@muster/declaration");
  const document = documentOf(source);
  // What is wrong with the rest of a stack is told here too: nobody could apply it.
  return { ...read, declared: { document, stack: stackOf(document, source) } };
}

function isStack(data: Json): boolean {
  if (!isObject(data)) return false;
  const keys = Object.keys(data).map((key) => key.toLowerCase());
  return Object.hasOwn(data, "stack") || (keys.includes("id") && keys.includes("properties"));
}

/** Whether it can be told only by somebody who knows the types there are. */
export function needsTypes({ declared, source }: ReadPart, derives: boolean): boolean {
  if (declared !== undefined) return derives ? declaresAnything(declared.stack) : asksOfOthers(declared.stack);
  const entries = isObject(source.data) ? source.data["checks"] : undefined;
  if (!Array.isArray(entries)) return false;
  return entries.some((entry: Json) => isObject(entry) && !Object.keys(entry).some((key) => kindOf(key) !== undefined));
}

function declaresAnything({ resources, groups, fronts }: Stack): boolean {
  return [resources, groups, fronts].some((each) => Object.keys(each).length > 0);
}

/** Some of its checks are of members or resources, or take something from one. */
function asksOfOthers({ checks, resources, groups }: Stack): boolean {
  const own = [...Object.values(resources), ...Object.values(groups)].some((each) => each.checks.length > 0);
  return own || checks.some((check) => freed(check) === undefined);
}

/** A check that takes nothing from anybody, as it is asked. */
function freed(check: Check): Check | undefined {
  const { check: plain, unknown } = resolveCheck(check, () => undefined);
  return unknown.length === 0 ? plain : undefined;
}

export interface PartsDeps {
  readonly derives: boolean;
  /** Undefined where nothing needs it. */
  readonly inspector: Inspector | undefined;
  /** What nobody could see, and why. */
  readonly blind: Blind | undefined;
  readonly timeoutMs: number;
}

/** Throws MusterErrors of the family `declaration`. */
export function partOf(read: ReadPart, kinds: MoreKinds, deps: PartsDeps): Part {
  const { declared, source, path } = read;
  if (declared === undefined) return { subject: path, checks: checksOf(source, kinds) };
  const { stack } = declared;
  // A stack of which nothing is asked asserts nothing, and is refused as a file of checks would be.
  if (!hasChecks(stack) && !(deps.derives && declaresAnything(stack))) checksOf(source);
  return partOfStack({ ...read, ...declared, locate: source.locate }, deps);
}

export function hasChecks({ checks, resources, groups }: Stack): boolean {
  const holders = [...Object.values(resources), ...Object.values(groups)];
  return checks.length > 0 || holders.some((each) => each.checks.length > 0);
}

export function partOfStack(
  read: Pick<ReadStack, "file" | "path" | "locate" | "document" | "stack">,
  { derives, inspector, blind, timeoutMs }: PartsDeps,
): Part {
  const { stack } = read;
  const free = stack.checks.flatMap((check) => freed(check) ?? []).map((check) => ({ check }));
  const asked = { ...read, name: stack.name };
  return {
    ...{ subject: stack.name, checks: [] },
    async derived(ask, signal) {
      using end = endOf(timeoutMs, signal);
      const told = ask(free, end.until);
      const following = async () => {
        if (inspector === undefined) return [];
        await using derived = await derivedFrom(inspector, asked, blind, end.until);
        return [...(derives ? derived.results : []), ...derived.unasked, ...(await ask(derived.checks, end.until))];
      };
      return (await Promise.all([told, following()])).flat();
    },
  };
}

/** When the whole must have been told, or the signal comes. */
function endOf(timeoutMs: number, signal: AbortSignal): Disposable & { readonly until: AbortSignal } {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(noLonger(`it was not told within ${durationText(timeoutMs)}`)), timeoutMs);
  return { until: AbortSignal.any([signal, late.signal]), [Symbol.dispose]: () => clearTimeout(timer) };
}

/** What is meant by `--only`; nothing said: all. */
export function isMeant(only: readonly string[]): (about: Pick<Result, "kind" | "subject" | "title">) => boolean {
  return ({ kind, subject, title = "" }) =>
    only.length === 0 ||
    only.some((text) => kind === text || title.includes(text) || subjectText(subject).includes(text));
}

export function noneMeant(only: readonly string[]): MusterError {
  const wanted = "a kind, or a text of a title or of a subject";
  const detail = `no check is like ${only.map((text) => `"${text}"`).join(" or ")}`;
  return new MusterError("usage.bad-value", { what: "--only", detail, wanted });
}
