/**
 * Runs as a process of its own: evaluates one stack file and writes one line of JSON, an Answer, to file descriptor 3.
 * Arguments: the file's URL, the URL of `@muster/sdk`, the directory of the compile cache or "".
 */
import { writeSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import type { Json } from "@muster/model";
import { type Failure, failureOf } from "./failure.ts";
import { plainData } from "./plain.ts";
import { MAX_BYTES } from "./text.ts";

export type Answer =
  | { readonly kind: "data"; readonly data: Json }
  | { readonly kind: "no-data"; readonly detail: string; readonly path?: string }
  | { readonly kind: "too-big"; readonly bytes: number }
  | Failure;

const [file = "", sdk = "", cache = ""] = process.argv.slice(2);
let answered = false;

if (cache !== "") enableCompileCache(cache);
Error.stackTraceLimit = 50;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@muster/sdk" ? { url: sdk, shortCircuit: true } : next(specifier, context),
  // A stack file is a module, whatever the package.json above it says.
  load: (url, context, next) =>
    next(url, url === file && file.endsWith(".ts") ? { ...context, format: "module-typescript" } : context),
});

process.once("uncaughtException", (thrown) => answer(failureOf(thrown, sdk)));
process.once("beforeExit", () => answer({ kind: "no-data", detail: "an `await` in it never settles" }));
process.once("exit", (code) => answer({ kind: "no-data", detail: `it ended its own process with exit code ${code}` }));

import(file).then(
  (module: object) => answer(answerOf(module)),
  (thrown: unknown) => answer(failureOf(thrown, sdk)),
);

function answerOf(module: object): Answer {
  if (!("default" in module)) return { kind: "no-data", detail: "it has no default export" };
  const result = plainData(module.default);
  if (result.kind === "refused") return { kind: "no-data", detail: result.detail, path: result.path };
  const bytes = Buffer.byteLength(JSON.stringify(result.data));
  return bytes > MAX_BYTES ? { kind: "too-big", bytes } : { kind: "data", data: result.data };
}

/** Writes the first answer and ends: what the file left running does not matter. */
function answer(said: Answer): void {
  if (answered) return;
  answered = true;
  const bytes = Buffer.from(`${JSON.stringify(said)}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(3, bytes, done);
  process.exit();
}
