import { messageOf } from "@muster/model";
import type { StatementResult } from "./result.ts";

/** One line of the contract, ready to be tried. */
export interface Statement {
  /** As a sentence that is true of a plugin that keeps the contract. */
  readonly says: string;
  /** What its author should do when it does not hold. */
  readonly next: string;
  /** Without it nothing that comes after can be told. */
  readonly gate?: true;
  /** Returns when the statement holds. Throws `Unmet`, `NotOffered`, or whatever went wrong on the way. */
  check(): Promise<void>;
}

/** The statement does not hold. */
export class Unmet extends Error {
  override readonly name = "Unmet";
  readonly expected: string;
  readonly came: string;

  constructor(expected: string, came: unknown) {
    super(`expected ${expected}`);
    this.expected = expected;
    this.came = typeof came === "string" ? came : show(came);
  }
}

/** The statement is about something that a plugin need not offer, and this one does not. */
export class NotOffered extends Error {
  override readonly name = "NotOffered";
}

/** Throws `Unmet` unless it is so. */
export function demand(isSo: boolean, expected: string, came: unknown): asserts isSo {
  if (!isSo) throw new Unmet(expected, came);
}

/** Tries statements one after another. After each, whether it holds or not, `tidy` runs. */
export async function* tryAll(
  about: string,
  statements: readonly Statement[],
  tidy: () => Promise<void> = async () => undefined,
): AsyncGenerator<StatementResult, boolean> {
  let blocked: string | undefined;
  for (const statement of statements) {
    const { says } = statement;
    if (blocked !== undefined) {
      yield { kind: "left-out", about, says, why: `it cannot be told while this does not hold: ${blocked}` };
      continue;
    }
    const result = await tryOne(about, statement);
    await tidy();
    if (result.kind === "fails" && statement.gate === true) blocked = says;
    yield result;
  }
  return blocked === undefined;
}

async function tryOne(about: string, { says, next, check }: Statement): Promise<StatementResult> {
  try {
    await check();
    return { kind: "holds", about, says };
  } catch (thrown) {
    if (thrown instanceof NotOffered) return { kind: "left-out", about, says, why: thrown.message };
    if (thrown instanceof Unmet) {
      return { kind: "fails", about, says, expected: thrown.expected, came: thrown.came, next };
    }
    return { kind: "fails", about, says, expected: "an answer that is no failure", came: messageOf(thrown), next };
  }
}

const LONGEST = 400;

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
