import { durationText, PASS, type Verdict } from "@muster/model";
import { masked } from "./masked.ts";
import { failed, unknown } from "./reason.ts";
import { type Ended, type Run, run } from "./run.ts";

export interface CommandProbe extends Run {
  /** Texts that no reason may show, though the command should print them. */
  readonly hidden?: readonly string[] | undefined;
}

/**
 * Does a command say so? It does by exiting with 0; else its last line is the reason. One that cannot be run says nothing
 * of what it was to ask about. Nothing is thrown.
 */
export async function probeCommand(probe: CommandProbe, signal: AbortSignal): Promise<Verdict> {
  const ended = await run(probe, signal);
  const [program] = probe.command;
  switch (ended.kind) {
    case "exited":
      return ended.code === 0 ? PASS : failed(`${program} exited with ${ended.code}${lastWords(ended, probe)}`);
    case "killed":
      return failed(`${program} was ended by ${ended.signal}${lastWords(ended, probe)}`);
    case "late":
      return failed(`${program} did not end within ${durationText(probe.timeoutMs)}${lastWords(ended, probe)}`);
    case "flood":
      return failed(`${program} printed more than 1 MiB${lastWords(ended, probe)}`);
    case "let-go":
      return unknown(`nobody waited for the end of ${program}`);
    case "not-run":
      return unknown(ended.reason);
  }
}

function lastWords({ lines }: Extract<Ended, { lines: readonly string[] }>, { hidden = [] }: CommandProbe): string {
  const last = lines.at(-1);
  return last === undefined ? "" : `: ${masked(last, hidden)}`;
}
