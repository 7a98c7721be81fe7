/** From a declaration as a test has it to one that can be kept: read and checked as Muster does it. */
import { fileURLToPath } from "node:url";
import { checkStack, documentOf, readDocument, type SourceDocument, sourceOfValue, stackOf } from "@muster/declaration";
import type { Document, Stack } from "@muster/model";
import type { Catalog, Io } from "@muster/plugin";
import { openProviders, settingsFor } from "@muster/runtime";
import { defineStack, type StackFile } from "../stack.ts";

/** A stack as `defineStack` gives it; or where its file is. */
export type Declared = StackFile | string | URL;

/** A declaration that was read and found right. */
export interface Checked {
  readonly document: Document;
  readonly stack: Stack;
  readonly source: SourceDocument;
}

const SDK = new URL("../index.ts", import.meta.url).href;
const IN_CODE = "the stack";

/** Throws MusterErrors of the family `declaration`, with everything that is wrong. */
export async function checked(declared: Declared, catalog: Catalog, io: Io): Promise<Checked> {
  const source = await sourceOf(declared);
  const stack = stackOf(documentOf(source), source);
  const providers = openProviders(io);
  try {
    const document = await checkStack(stack, source, catalog, {
      opened: (type, entry) => providers.open(type, settingsFor(type, stack.providers, {}, entry)),
      openedTask: (type, entry) => providers.openTask(type, settingsFor(type, stack.providers, {}, entry)),
    });
    return { document, stack: stackOf(document, source), source };
  } finally {
    await providers.close();
  }
}

async function sourceOf(declared: Declared): Promise<SourceDocument> {
  const file = declared instanceof URL ? fileURLToPath(declared) : declared;
  if (typeof file === "string") return readDocument(file, { sdk: SDK, env: process.env });
  return sourceOfValue(defineStack(file), IN_CODE);
}
