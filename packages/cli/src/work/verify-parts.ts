/** What is asked: the checks of each file; and of each stack besides, whether what it declares is so. */
import { resolve } from "node:path";
import { type Check, kindOf, type MoreKinds, type Result, subjectText } from "@muster/checks";
import type { Inspector } from "@muster/daemon";
import { checksOf, documentOf, readDocument, type SourceDocument, stackOf } from "@muster/declaration";
import { isObject, type Json, MusterError, type Stack } from "@muster/model";
import type { Cli } from "../cli.ts";
import { type Blind, derivedResults } from "./verify-derived.ts";

/** A file as it was read, before anybody knows what kinds there are. */
export interface ReadPart {
  readonly file: string;
  readonly path: string;
  readonly source: SourceDocument;
  /** Missing in a file of checks alone. */
  readonly stack?: Stack;
}

/** What is asked of one subject. */
export interface Part {
  /** Under which its report is kept: the name of a stack, or the absolute path of a file of checks. */
  readonly subject: string;
  readonly checks: readonly Check[];
  /** Asked in each round; missing where nothing follows from it. */
  derived?(signal: AbortSignal): Promise<readonly Result[]>;
}

export async function readPart(cli: Cli, file: string): Promise<ReadPart> {
  const source = await readDocument(file, {
    sdk: import.meta.resolve("@muster/sdk"),
    env: cli.env,
    print: cli.err.write,
  });
  const read = { file, path: resolve(cli.cwd, file), source };
  // What is wrong with the rest of a stack is told here too: nobody could apply it.
  return isStack(source.data) ? { ...read, stack: stackOf(documentOf(source), source) } : read;
}

function isStack(data: Json): boolean {
  if (!isObject(data)) return false;
  const keys = Object.keys(data).map((key) => key.toLowerCase());
  return Object.hasOwn(data, "stack") || (keys.includes("id") && keys.includes("properties"));
}

/** Whether it can be told only by somebody who knows the types there are. */
export function needsTypes({ stack, source }: ReadPart, derives: boolean): boolean {
  if (stack !== undefined) return derives && declaresAnything(stack);
  const entries = isObject(source.data) ? source.data["checks"] : undefined;
  if (!Array.isArray(entries)) return false;
  return entries.some((entry: Json) => isObject(entry) && !Object.keys(entry).some((key) => kindOf(key) !== undefined));
}

function declaresAnything({ resources, groups, fronts }: Stack): boolean {
  return [resources, groups, fronts].some((each) => Object.keys(each).length > 0);
}

export interface PartsDeps {
  readonly derives: boolean;
  /** Undefined where nothing needs it. */
  readonly inspector: Inspector | undefined;
  /** What nobody could see, and why. */
  readonly blind: Blind | undefined;
  readonly kinds: MoreKinds;
  readonly timeoutMs: number;
}

/** Throws MusterErrors of the family `declaration`. */
export function partOf(read: ReadPart, { derives, inspector, blind, kinds, timeoutMs }: PartsDeps): Part {
  const { stack, source, path } = read;
  if (stack === undefined) return { subject: path, checks: checksOf(source, kinds) };
  const isDerived = derives && inspector !== undefined && declaresAnything(stack);
  const isWritten = isObject(source.data) && source.data["checks"] !== undefined;
  // A stack of which nothing is asked asserts nothing, and is refused as a file of checks would be.
  const checks = isWritten || !isDerived ? checksOf(source) : [];
  if (!isDerived) return { subject: stack.name, checks };
  const document = documentOf(source);
  const asked = { ...read, name: stack.name, document, locate: source.locate };
  return {
    subject: stack.name,
    checks,
    derived: (signal) => derivedResults(inspector, asked, { timeoutMs, blind }, signal),
  };
}

/** What is meant by `--only`; nothing said: all. */
export function isMeant(only: readonly string[]): (about: Pick<Result, "kind" | "subject" | "title">) => boolean {
  return ({ kind, subject, title = "" }) =>
    only.length === 0 ||
    only.some((text) => kind === text || title.includes(text) || subjectText(subject).includes(text));
}

export function noneMeant(): MusterError {
  const wanted = "a kind, or a text of a title or of a subject";
  return new MusterError("usage.bad-value", { what: "--only", detail: "no check is like that", wanted });
}
