import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, type MusterError, MusterErrors, placeText, type Stack } from "@muster/model";
import { onTestFinished } from "vitest";
import { documentOf } from "./kind.ts";
import type { SourceDocument } from "./source.ts";
import { stackOf } from "./stack.ts";
import { parseYaml } from "./yaml.ts";

/** A new directory with these files in it, until the test has ended; answers its path. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "muster-declaration-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** What a call throws, each as `code place`; the place's file without its directory. */
export async function failuresOf(call: () => unknown): Promise<readonly string[]> {
  return (await errorsOf(call)).map((error) => {
    const place = placeText(error.place).replace(/^\/\S*\//, "");
    return place === "" ? error.code : `${error.code} ${place}`;
  });
}

/** What a call throws, as a person reads it: message and what to do next. */
export async function wordsOf(call: () => unknown): Promise<string> {
  return (await errorsOf(call)).map(({ message, next }) => `${message} ${next}`).join("\n");
}

async function errorsOf(call: () => unknown): Promise<readonly MusterError[]> {
  try {
    await call();
  } catch (thrown) {
    if (thrown instanceof MusterErrors) return thrown.errors;
    return [thrown as MusterError];
  }
  return [];
}

export interface Read {
  readonly source: SourceDocument;
  readonly document: Document;
  readonly stack: Stack;
}

/** Reads a text as `stack.yaml`; YAML holds JSON. */
export function read(text: string): Read {
  const source = parseYaml(text, "stack.yaml");
  const document = documentOf(source);
  return { source, document, stack: stackOf(document, source) };
}
