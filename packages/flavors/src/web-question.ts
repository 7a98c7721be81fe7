/** A request over HTTP about a member, whose headers may be secrets: the health question of `http`, and a hook. */
import { type WebQuestion as Asked, askWeb, webProperties, webQuestion } from "@muster/checks/probes";
import type { Verdict } from "@muster/model";
import { type PlainOrSecret, plainOrSecret } from "@muster/plugin";
import { type Environment, revealAll } from "./surroundings.ts";

const UNTOLD = "`2xx`";
export const questionProperties = webProperties(plainOrSecret, UNTOLD);
export const question = webQuestion(plainOrSecret, UNTOLD);
export type WebQuestion = Asked<PlainOrSecret>;

/** Asks. Secrets are read only now. Throws `retryable` when one cannot be read. */
export async function askAbout(
  question: WebQuestion,
  env: Environment,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Verdict> {
  return askWeb({ ...question, headers: revealAll(question.headers ?? {}, env) }, timeoutMs, signal);
}
