/** Files that name the members of groups: they are there, and say what is so now. */
import type { FilePlan } from "@muster/model";
import { fail, PASS, type StateAnswer, type StateVerdict, unknown, value, words } from "./answer.ts";

export function frontAnswers(files: readonly FilePlan[]): readonly StateAnswer[] {
  return files.flatMap((file) => {
    const answers: readonly (readonly [string, StateVerdict])[] = [
      ["exists", existsOf(file)],
      ...[...new Set(["content", ...file.changes])].map((property) => [property, verdictOf(property, file)] as const),
    ];
    return answers.map(([property, verdict]) => ({ kind: "file", subject: file.path, property, verdict }));
  });
}

function existsOf({ held, effect }: FilePlan): StateVerdict {
  if (held !== undefined) return unknown(held.message);
  return effect === "create" ? fail(value(true), value(false)) : PASS;
}

function verdictOf(property: string, { held, effect, changes }: FilePlan): StateVerdict {
  if (held !== undefined) return unknown(held.message);
  const wanted = words("as its groups are now");
  if (effect === "create") return fail(wanted, words("it is not there"));
  return changes.includes(property) ? fail(wanted, words("otherwise")) : PASS;
}
