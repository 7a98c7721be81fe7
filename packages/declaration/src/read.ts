import { extname } from "node:path";
import { MusterError } from "@muster/model";
import type { EvaluateDeps } from "./run-stack.ts";
import type { SourceDocument } from "./source.ts";
import { readText } from "./text.ts";
import { documentOfTree } from "./tree.ts";

export type ReadDeps = EvaluateDeps;

/**
 * Reads a declaration: YAML, JSON, or TypeScript and JavaScript, which are evaluated in a process of their own. Nothing is
 * known of its meaning yet; see `documentOf`.
 *
 * Throws MusterError or MusterErrors of the family `declaration`, with file, line and column where there are any.
 */
export async function readDocument(file: string, deps: ReadDeps): Promise<SourceDocument> {
  const text = await readText(file);
  // What reads a language is loaded when it is needed: a command should not wait for the others.
  switch (extname(file).toLowerCase()) {
    case ".yaml":
    case ".yml":
      return readYaml(text, file);
    case ".json":
    case ".jsonc":
      return (await import("./json.ts")).parseJson(text, file);
    case ".ts":
    case ".mts":
    case ".js":
    case ".mjs":
      return (await import("./evaluate.ts")).evaluate(file, deps);
    default:
      throw new MusterError("declaration.unknown-ending", { file }, { place: { file } });
  }
}

/** A large stack is mostly plain: what reads all of YAML takes ten times as long for it. */
async function readYaml(text: string, file: string): Promise<SourceDocument> {
  const { plainYaml } = await import("./yaml-plain.ts");
  const tree = plainYaml(text);
  return tree === undefined ? (await import("./yaml.ts")).parseYaml(text, file) : documentOfTree(tree, text, file);
}
