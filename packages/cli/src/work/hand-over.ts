import type { ApplyAnswer } from "@muster/daemon";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import type { ReadStack } from "./read-stack.ts";

/** Gives a declaration to a Muster; with `pretend` it only says what it would do. Throws what is wrong, with its line. */
export function handOver(cli: Cli, api: Api, read: ReadStack, pretend: boolean): Promise<ApplyAnswer> {
  const { document, path, locate } = read;
  return api.apply({ document, source: path, actor: cli.user(), ...(pretend ? { pretend } : {}) }, locate);
}

/** What would happen, group by group. */
export function planText(answers: readonly ApplyAnswer[]): string {
  const rows = answers.flatMap(({ stack, would }) =>
    Object.entries(would ?? {}).map(([group, sentence]) => [placeName(stack, group), plain(sentence)]),
  );
  return rows.length === 0 ? "Nothing to do.\n" : table(rows);
}

/** What was declared, and how it stands. */
export function answerText({ stack, generation, unchanged, groups }: ApplyAnswer): string {
  const was = unchanged ? "declared already" : "declared";
  const sizes = groups.map(({ name, size, status }) => `${name} ${status?.ready ?? 0}/${size}`);
  return `${stack}: ${was}, generation ${generation}${sizes.length === 0 ? "" : ` · ${sizes.join(", ")} ready`}\n`;
}
