/** When something counts as ready, as it is declared, and as it is asked. */
import { durationOf, type Verdict } from "@muster/model";
import { z } from "zod";
import type { Status } from "./http.ts";
import { askWeb, guestQuestion, port, portOrText, type WebQuestion, webQuestion } from "./question.ts";
import { probeTcp } from "./tcp.ts";

/** Who sends one elsewhere is up, too. */
const GOOD: readonly Status[] = ["2xx", "3xx"];
const GOOD_IN_WORDS = "any from 200 to 399";

const HOUR_MS = 3_600_000;
const timeout = z
  .string()
  .refine((text) => (durationOf(text) ?? Number.NaN) <= HOUR_MS, "must be a duration of an hour at most, such as `10s`")
  .optional()
  .describe("How long one try may take; `1s` unless told");

const TRY_MS = 1_000;
/** How long one try may take, in milliseconds. */
export function tryMs({ timeout }: { readonly timeout?: string | undefined }): number {
  return durationOf(timeout ?? "") ?? TRY_MS;
}

const headers = z.string();
const line = z.string().regex(/^[^\n]{1,1000}$/, "must be a part of one line");

/** Of what runs on this machine. */
export const ready = z.union(
  [
    z.strictObject({
      http: webQuestion(headers, GOOD_IN_WORDS),
      timeout,
    }),
    z.strictObject({
      tcp: z.strictObject({
        port: portOrText.describe("Where a connection must be taken"),
        host: z.string().min(1).optional().describe("127.0.0.1 unless told"),
      }),
      timeout,
    }),
    z.strictObject({
      command: z
        .array(z.string().regex(/^[^\0]*$/, "must not contain a zero byte"))
        .min(1)
        .describe("A program and its arguments; it runs as the process does, and must end with 0"),
      timeout,
    }),
    z.strictObject({ log: line.describe("A text that must stand in a line of its log"), timeout }),
  ],
  "must have one of `http`, `tcp`, `command` and `log`",
);
export type Ready = z.infer<typeof ready>;

/** Of a guest: it is asked on its own ports, and what it says is on its console. */
export const guestReady = z.union(
  [
    z.strictObject({
      http: guestQuestion(headers, GOOD_IN_WORDS).describe("It answers over HTTP as it should"),
      timeout,
    }),
    z.strictObject({
      tcp: z.strictObject({ port }).describe("It takes a connection at this port of its own"),
      timeout,
    }),
    z.strictObject({ console: line.describe("A text that must stand in a line of its console"), timeout }),
  ],
  "must have one of `http`, `tcp` and `console`",
);
export type GuestReady = z.infer<typeof guestReady>;

/** What can be asked from here. */
export type AskedFromHere =
  | { readonly http: WebQuestion<string> }
  | { readonly tcp: { readonly port: number | string; readonly host?: string | undefined } };

/** Asks once. Nothing is thrown. */
export function askReady(asked: AskedFromHere, timeoutMs: number, signal: AbortSignal): Promise<Verdict> {
  if ("http" in asked) return askWeb({ ...asked.http, status: asked.http.status ?? GOOD }, timeoutMs, signal);
  const { port, host = "127.0.0.1" } = asked.tcp;
  return probeTcp({ host, port: Number(port), timeoutMs }, signal);
}
