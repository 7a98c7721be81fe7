import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { Inspector, Thing } from "@muster/daemon";
import { entriesText, type ResourceEntry, withEntries } from "@muster/declaration";
import { addressOf, MusterError, messageOf, systemCodeOf } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { EntryFlags, SetFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { entriesOf } from "./entries.ts";
import { inspecting } from "./inspect.ts";

export interface ImportFlags extends EntryFlags, SetFlags {
  readonly file?: string;
}

/** All of the things are looked at before anything is written. */
export async function importThings(
  this: Cli,
  flags: ImportFlags,
  type: string,
  ...ids: readonly string[]
): Promise<void> {
  const entries = await inspecting(this, flags, (inspector) => entriesFor(inspector, type, [...new Set(ids)]));
  if (flags.file === undefined) {
    this.out.write(await entriesText(entries, flags.output));
    return;
  }
  await insert(resolve(this.cwd, flags.file), flags.file, entries);
  const added = entries.map((entry) => plain(addressOf(entry.type, entry.name))).join(", ");
  this.out.write(`${flags.file}: added ${added}\nnext: \`muster plan ${flags.file}\` shows what becomes of it\n`);
}

async function entriesFor(
  inspector: Inspector,
  type: string,
  ids: readonly string[],
): Promise<readonly ResourceEntry[]> {
  const things: Thing[] = [];
  for (const id of ids) things.push(await inspector.things.show(type, id));
  for (const { name, owner } of things) {
    if (owner !== undefined)
      throw new MusterError("thing.not-free", { type, name, owner: owner.words, stack: owner.stack });
  }
  for (const thing of things) if (thing.phase === "unknown") throw await noSuchThing(thing, inspector);
  const { naming } = inspector.explain(type);
  const entries = entriesOf(things, naming, { all: false, byId: true });
  for (const entry of entries) await confirmDeclarable(entry, inspector);
  return entries;
}

/** What there is instead, and the type that it is of, where one is found. */
async function noSuchThing({ type, id, name, reason }: Thing, inspector: Inspector): Promise<MusterError> {
  const { known, naming } = inspector.explain(type);
  const others = inspector.types().filter((each) => each.name !== type && each.known === known);
  // Only things that are claimed by one kind of name can be taken for each other.
  const alike = known === "claim" ? others.filter((each) => each.naming === naming) : [];
  const fitting: string[] = [];
  for (const other of alike) if (await isOne(other.name, id, inspector)) fitting.push(other.name);
  const commands = fitting.map((other) => `\`muster import ${other} ${id}\``).join(" or ");
  const fix = fitting.length === 0 ? "Import what it is." : `${commands} takes in what it is.`;
  const detail = reason ?? `it cannot be told what is there`;
  return new MusterError("thing.not-declarable", { type, name, detail, fix });
}

async function isOne(type: string, id: string, { things }: Inspector): Promise<boolean> {
  try {
    return (await things.show(type, id)).phase !== "unknown";
  } catch (thrown) {
    if (thrown instanceof MusterError) return false;
    throw thrown;
  }
}

async function confirmDeclarable(entry: ResourceEntry, inspector: Inspector): Promise<void> {
  const { type, name } = entry;
  const against = await inspector.undeclarable(entry);
  if (against.length === 0) return;
  const reasons = against.map(({ property, reason }) => (property === undefined ? reason : `${property}: ${reason}`));
  const fix = `\`muster resource ${type} ${name}\` shows what of it can be declared.`;
  throw new MusterError("thing.not-declarable", { type, name, detail: reasons.join("; "), fix });
}

/** Written beside first: nobody reads half a stack. */
async function insert(path: string, file: string, entries: readonly ResourceEntry[]): Promise<void> {
  if (![".yaml", ".yml"].includes(extname(path))) {
    const words = {
      what: "--file",
      detail: `${file} is not YAML`,
      wanted: "a stack in YAML; or leave it out, and paste",
    };
    throw new MusterError("usage.bad-value", words);
  }
  const text = await withEntries(await textOf(path, file), file, entries);
  const beside = `${path}.${process.pid}.new`;
  try {
    const { mode } = await stat(path);
    await writeFile(beside, text, { mode, flag: "wx" });
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

async function textOf(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") throw new MusterError("declaration.not-found", { file });
    throw new MusterError("declaration.not-readable", { file, detail: messageOf(thrown) }, { cause: thrown });
  }
}
