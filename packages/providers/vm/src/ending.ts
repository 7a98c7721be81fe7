/** What became of a machine: one truth from how its process ended, what QEMU told, and the last line of its console. */
import { constants } from "node:os";
import { isObject, type Json } from "@muster/model";
import type { Exit } from "@muster/plugin";
import type { Told } from "./qemu/told.ts";

export type Ending =
  /** The guest has ended, and said how. */
  | { readonly kind: "exited"; readonly code: number }
  /** The program in a Linux guest was killed. */
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "panicked" }
  /** The guest restarted itself, or crashed so that the processor did. */
  | { readonly kind: "reset" }
  /** The guest switched itself off. */
  | { readonly kind: "off" }
  /** The hypervisor was ended from outside. */
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "quit" }
  /** The hypervisor could not start, or not go on. */
  | { readonly kind: "hypervisor-error"; readonly code?: number }
  /** Nobody has told. */
  | { readonly kind: "lost" };

export interface Evidence {
  /** How its process ended; undefined while that lives. `lost`: nobody was there to tell. */
  readonly exit: Exit | "lost" | undefined;
  readonly told: Told;
  /** Its processor has failed: it stands where it is. */
  readonly isBroken: boolean;
  /** What QEMU complained of, beside warnings. */
  readonly complaint: string | undefined;
  /** Of its console. */
  readonly lastLine: string | undefined;
}

/** Undefined while it has not ended. */
export function endingOf({ exit, told, isBroken, complaint, lastLine }: Evidence): Ending | undefined {
  // What the guest did comes first: its process may have been ended later, as a corpse.
  if (told.hasPanicked) return { kind: "panicked" };
  if (told.shutdown === "guest-reset") return { kind: "reset" };
  if (told.shutdown === "guest-shutdown") return { kind: "off" };
  if (exit === undefined) return isBroken ? { kind: "hypervisor-error" } : undefined;
  if (exit === "lost") return { kind: "lost" };
  const code = codeOf(exit);
  if (exit.kind === "killed" && !isGuests(code, told, lastLine)) return { kind: "killed", signal: exit.signal };
  if (!told.hasBegun) return { kind: "hypervisor-error", code };
  if (told.shutdown !== undefined || code === 0) return { kind: "quit" };
  // Through its exit device a guest's n comes out as 2 n + 1: one who fails with 1 is told from a 0 by what it says.
  if (code % 2 === 0 || (code === 1 && complaint !== undefined)) return { kind: "hypervisor-error", code };
  return saidByInit(lastLine) ?? { kind: "exited", code: code >> 1 };
}

/** As the shell above QEMU has told it. */
function codeOf(exit: Exit): number {
  return exit.kind === "exited" ? exit.code : 128 + signalNumber(exit.signal);
}

function signalNumber(name: string): number {
  return Object.entries(constants.signals).find(([each]) => each === name)?.[1] ?? 0;
}

/** Signals with an odd number that end QEMU. It hears others, or does not mind them. */
const DEADLY: ReadonlySet<number> = new Set(
  ["SIGQUIT", "SIGTRAP", "SIGBUS", "SIGKILL", "SIGSEGV", "SIGPROF", "SIGSYS"].map(signalNumber),
);

/**
 * Whether a guest's own code stands where an end by a signal is told too: 64 comes out as 129, which is SIGHUP. Of the few
 * that are told both ways it is the signal, unless the guest has said so.
 */
function isGuests(code: number, told: Told, lastLine: string | undefined): boolean {
  if (!told.hasBegun || told.shutdown !== undefined || code % 2 === 0) return false;
  const said = saidByInit(lastLine);
  return !DEADLY.has(code - 128) || (said?.kind === "exited" && said.code === code >> 1);
}

/** The last word of our own init: the port carries seven bits, and what does not fit stands there. */
function saidByInit(line: string | undefined): Ending | undefined {
  const said = line === undefined ? undefined : parsed(line);
  if (said === undefined || !isObject(said) || said["muster"] !== "end") return undefined;
  const { signal, exit } = said;
  if (typeof exit === "number" && Number.isInteger(exit)) return { kind: "exited", code: exit };
  return typeof signal === "string" && /^SIG[A-Z0-9+]{2,12}$/.test(signal) ? { kind: "signalled", signal } : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For a person. */
export function endingText(ending: Ending, { complaint, lastLine }: Pick<Evidence, "complaint" | "lastLine">): string {
  const line = lastLine === undefined ? "" : `; last line of its console: ${lastLine}`;
  switch (ending.kind) {
    case "exited":
      return `the guest exited with code ${ending.code}${line}`;
    case "signalled":
      return `its program was killed by ${ending.signal}${line}`;
    case "panicked":
      return `the guest panicked${line}`;
    case "reset":
      return `the guest was reset: it crashed, or restarted itself${line}`;
    case "off":
      return `the guest switched itself off${line}`;
    case "killed":
      return `its hypervisor was killed by ${ending.signal}${line}`;
    case "quit":
      return `it was switched off${line}`;
    case "hypervisor-error":
      return hypervisorText(ending.code, complaint);
    case "lost":
      return `it lives no more, and nobody has told how it ended: its hypervisor's leader was killed, or the machine below it went down${line}`;
  }
}

/** Whether what `endingText` told was an end with the code 0. */
export function tellsGuestSuccess(text: string): boolean {
  return /^the guest exited with code 0(;|$)/.test(text);
}

function hypervisorText(code: number | undefined, complaint: string | undefined): string {
  const withCode = code === undefined ? "" : ` with code ${code}`;
  return `the hypervisor failed${withCode}${complaint === undefined ? "" : `: ${complaint}`}`;
}
