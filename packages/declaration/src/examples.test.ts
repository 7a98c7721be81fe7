import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { slotCount } from "@muster/model";
import { expect, it } from "vitest";
import { documentOf } from "./kind.ts";
import { readDocument } from "./read.ts";
import { stackOf } from "./stack.ts";

const folder = new URL("../../../examples/hello/", import.meta.url);
const sdk = new URL("../../sdk/src/index.ts", import.meta.url).href;

/** What each example declares: its dialect, and the size of its groups. */
const declared: Readonly<Record<string, readonly [string, Readonly<Record<string, number>>]>> = {
  "allocation.json": ["infrakit", { allocation: 3 }],
  "garethr.json": ["infrakit", { garethr: 1 }],
  "hello.json": ["muster", { herd: 2 }],
  "hello.ts": ["muster", { web: 2, worker: 1 }],
  "hello.yaml": ["muster", { web: 3 }],
};

it.each(readdirSync(folder).sort())("examples/hello/%s can be read", async (name) => {
  const source = await readDocument(fileURLToPath(new URL(name, folder)), { sdk, env: process.env });
  const document = documentOf(source);
  const groups = Object.values(stackOf(document, source).groups);
  const sizes = Object.fromEntries(groups.map((group) => [group.name, slotCount(group.slots)]));
  expect([document.dialect, sizes]).toEqual(declared[name]);
});
