/** Whose files are. A file bears no mark, so a claim says it; its revision says what its users were told of last. */
import { basename, dirname, join } from "node:path";
import { hashJson, type Stack } from "@muster/model";
import type { Claim } from "@muster/store";

/** Owns every file of a stack. It can be the name of no group. */
export const OWNER = "resources:file";

/** The file has been changed, or is about to be, and nobody who was to be told of it has been. */
export const UNSETTLED = "unsettled";

/** What of a text is told when it is carried through. */
export function revisionOf(text: string): string {
  return hashJson(text).slice(0, 20);
}

export function claimOn(id: string, stack: string, scope: string, revision: string): Claim {
  return { type: "file", scope, id, mark: { stack, owner: OWNER, revision } };
}

/** Where new content is written to be checked: beside the file, under a name that no pattern such as `*.conf` takes in. */
export function draftPathOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.muster-check`);
}

export function isDraftPath(path: string): boolean {
  return basename(path).startsWith(".") && path.endsWith(".muster-check");
}

/** Every path that the files of a stack need for themselves. */
export function pathsOf(stack: Stack | undefined): ReadonlySet<string> {
  const files = Object.values(stack?.fronts ?? {});
  return new Set(files.flatMap(({ path, check }) => (check === undefined ? [path] : [path, draftPathOf(path)])));
}
