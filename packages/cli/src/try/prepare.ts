/** From a file to the copies of it that are tried: each is read, and known to stand apart, before any is made. */
import { randomBytes } from "node:crypto";
import { extname, resolve } from "node:path";
import {
  documentOf,
  readDocument,
  type SourceDocument,
  stackOf,
  type TryDeclaration,
  triesOf,
} from "@muster/declaration";
import { didYouMean, MusterError, MusterErrors, nearest, type Stack } from "@muster/model";
import type { Cli } from "../cli.ts";
import { inspecting } from "../work/inspect.ts";
import type { ReadStack } from "../work/read-stack.ts";
import { changed, withWords } from "./changed.ts";
import { copyOf, filesIn } from "./copy.ts";
import { type Known, meetingsIn } from "./meeting.ts";
import { newId, placeOfTry, type TryPlace } from "./place.ts";
import { type Platform, platformsOf } from "./platforms.ts";

/** A copy, ready to be made. */
export interface Prepared {
  readonly place: TryPlace;
  readonly platform: string;
  /** The name of the stack that it is a copy of. */
  readonly original: string;
  readonly read: ReadStack;
  readonly places: readonly string[];
}

export interface Asked {
  readonly platform: readonly string[];
  readonly with: readonly string[];
}

type Types = ReadonlyMap<string, Known>;

/** Throws what is wrong with the declaration or with a copy of it, all at once. Nothing is touched. */
export async function prepare(cli: Cli, file: string, asked: Asked): Promise<readonly Prepared[]> {
  const source = await readFrom(cli, file, cli);
  if (documentOf(source).dialect === "infrakit") throw new MusterError("try.not-muster", { file }, { place: { file } });
  const tries = triesOf(source);
  const platforms = platformsOf(tries, asked.platform, asked.with);
  const types = await typesThere(cli);
  const prepared: Prepared[] = [];
  for (const platform of platforms) {
    const place = placeOfTry(cli.env, newId(randomBytes), platform.name);
    // A program may say otherwise for a try, and for each of its platforms.
    const own = isProgram(file) ? await readFrom(cli, file, place) : source;
    prepared.push(prepareOne(cli, own, tries, platform, place, types));
  }
  return prepared;
}

function prepareOne(
  cli: Cli,
  source: SourceDocument,
  tries: TryDeclaration,
  { name, changes }: Platform,
  place: TryPlace,
  types: Types,
): Prepared {
  const { file, locate } = source;
  const { id, dir } = place;
  const declared = documentOf(source).data;
  const words = { id, dir, platform: name };
  const data = changes.reduce((before, change) => changed(before, withWords(change, words)), declared);
  const changedSource = { data, locate, file };
  const original = stackOf(documentOf(changedSource), changedSource);
  confirmThere(tries, original, source);
  const naming = Object.fromEntries([...types].flatMap(([type, known]) => namingOf(type, known)));
  const copyName = `${original.name}-try-${id}`;
  const copy = copyOf(documentOf(changedSource).data, original, { stack: copyName, id, files: filesIn(dir), naming });
  const copySource = { data: copy.data, locate, file };
  const document = documentOf(copySource);
  const stack = stackOf(document, copySource);
  confirmApart(stack, original.name, tries, id, types, file);
  const read: ReadStack = { file, path: resolve(cli.cwd, file), document, stack, locate };
  return { place, platform: name, original: original.name, read, places: copy.places };
}

/** Throws `declaration.unknown-resource` of what is left as it is, and is nowhere. */
function confirmThere({ asIs }: TryDeclaration, { resources, groups, fronts }: Stack, source: SourceDocument): void {
  const known = [resources, groups, fronts].flatMap((each) => Object.keys(each));
  for (const [index, address] of asIs.entries()) {
    if (known.includes(address)) continue;
    const place = source.locate(["try", "asIs", index], "value");
    const words = { address, nearest: didYouMean(nearest(address, known)) };
    throw new MusterError("declaration.unknown-resource", words, { place });
  }
}

function namingOf(type: string, { known, naming }: Known): readonly (readonly [string, string])[] {
  return known === "tags" && naming !== undefined ? [[type, naming]] : [];
}

function confirmApart(
  copy: Stack,
  stack: string,
  { asIs }: TryDeclaration,
  id: string,
  types: Types,
  file: string,
): void {
  const [first, ...others] = meetingsIn(copy, id, asIs, (type) => types.get(type)).map(
    (met) => new MusterError("try.not-apart", { stack, ...met }, { place: { file } }),
  );
  if (first !== undefined) throw new MusterErrors([first, ...others]);
}

function isProgram(file: string): boolean {
  return [".ts", ".mts", ".js", ".mjs"].includes(extname(file).toLowerCase());
}

function readFrom({ err }: Cli, file: string, { env }: Pick<Cli, "env">): Promise<SourceDocument> {
  return readDocument(file, { sdk: import.meta.resolve("@muster/sdk"), env, print: err.write });
}

async function typesThere(cli: Cli): Promise<Types> {
  return inspecting(cli, {}, async (inspector) => new Map(inspector.types().map((type) => [type.name, type])));
}
