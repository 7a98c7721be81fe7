import { durationOf, durationText } from "@muster/model";
import { z } from "zod";

/** How long something may take, as people write it: `500ms`, `2s`. */
export function timeoutText(mostMs: number, meaning: string) {
  const isWithin = (text: string) => {
    const ms = durationOf(text);
    return ms !== undefined && ms > 0 && ms <= mostMs;
  };
  return z
    .string()
    .refine(isWithin, `must be a duration from 1ms to ${durationText(mostMs)}, like "2s"`)
    .optional()
    .describe(meaning);
}

/** In milliseconds. */
export function timeoutOf(text: string | undefined, defaultMs: number): number {
  return (text === undefined ? undefined : durationOf(text)) ?? defaultMs;
}
