/** What members of a copy have printed last: soon it is gone, and with it the reason why a step did not pass. */
import type { Stack } from "@muster/model";
import { withMembers } from "./kept.ts";
import type { TryPlace } from "./place.ts";

export interface LastWords {
  readonly name: string;
  /** Whole lines. */
  readonly text: string;
}

const MEMBERS = 5;
const LINES = 10;
const BYTES = 4_096;
/** In milliseconds: who does not answer has said nothing. */
const PATIENCE_MS = 5_000;

/** Of those that have printed anything. What cannot be had is left out: it explains something, and is not asked for. */
export async function lastWordsOf({ env }: TryPlace, stack: Stack): Promise<readonly LastWords[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await withMembers(env, stack, async (members) => {
      const words: LastWords[] = [];
      for (const { name, seen, provider } of members.slice(0, MEMBERS)) {
        const parts: Uint8Array[] = [];
        const asked = { lines: LINES, follow: false };
        for await (const bytes of provider.logs?.(seen.id, asked, { signal }) ?? []) parts.push(bytes);
        const text = Buffer.concat(parts).subarray(-BYTES).toString("utf8").trimEnd();
        if (text !== "") words.push({ name, text });
      }
      return words;
    });
  } catch {
    return [];
  }
}
