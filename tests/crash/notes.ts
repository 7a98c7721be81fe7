/** What is written down in a run: what happened, for a person to read, and what was wrong. */
import type { Fault } from "./inspection.ts";

export interface Notes {
  tell(line: string): void;
  /** Each is noted once. */
  fault(...found: readonly Fault[]): void;
  readonly faults: readonly Fault[];
  /** Oldest first, each with the seconds since the run began; the last lines only. */
  readonly story: readonly string[];
}

const STORY_LINES = 120;

export function openNotes(): Notes {
  const began = performance.now();
  const story: string[] = [];
  const faults: Fault[] = [];

  function tell(line: string): void {
    story.push(`${((performance.now() - began) / 1000).toFixed(3)} ${line}`);
    if (story.length > STORY_LINES) story.shift();
  }

  return {
    ...{ tell, story, faults },
    fault(...found) {
      for (const each of found) {
        if (faults.includes(each)) continue;
        faults.push(each);
        tell(`WRONG: ${each}`);
      }
    },
  };
}
