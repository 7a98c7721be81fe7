/** A declaration as somebody gave it, and whether it can be made with what there is. */
import { isAbsolute } from "node:path";
import { checkStack, placeOf, type SourceDocument, stackOf } from "@muster/declaration";
import type { Document, Stack } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type GivenSettings, type Outside, openProviders, settingsFor, toLook } from "@muster/runtime";
import type { WirePlace } from "./api.ts";

export interface Given {
  readonly document: Document;
  /** Where it comes from. */
  readonly source: string;
  readonly stack: Stack;
  readonly located: Pick<SourceDocument, "data" | "locate">;
}

/** Throws MusterErrors of the family `declaration`. */
export function readGiven(document: Document, source: string): Given {
  const located = { data: document.data, locate: locateIn(source) };
  return { document, source, stack: stackOf(document, located), located };
}

export interface CheckDeps {
  readonly outside: Pick<Outside, "io">;
  readonly catalog: Catalog;
  readonly settings: GivenSettings;
}

/**
 * Asks types, flavors and providers; nothing is made for it. Returns it as it is to be kept.
 *
 * @throws MusterErrors with everything that is wrong
 */
export async function checkGiven(given: Given, { outside, catalog, settings }: CheckDeps): Promise<Given> {
  const { stack, located } = given;
  const providers = openProviders(outside.io, toLook);
  try {
    const document = await checkStack(stack, located, catalog, {
      given: settings,
      opened: (type, entry) => providers.open(type, settingsFor(type, stack.providers, settings, entry)),
      openedTask: (type, entry) => providers.openTask(type, settingsFor(type, stack.providers, settings, entry)),
    });
    return { ...given, document, stack: stackOf(document, located) };
  } finally {
    await providers.close();
  }
}

/** Whoever has the text makes line and column of it: see api.ts. */
function locateIn(source: string): SourceDocument["locate"] {
  const file = isAbsolute(source) ? source : undefined;
  return (path, what, within): WirePlace => ({
    ...placeOf(path, file),
    at: { path, what, ...(within === undefined ? {} : { within }) },
  });
}
