/** Whom checks are asked of: this machine, or another one. */
import { randomBytes } from "node:crypto";
import { factsIn, type Said } from "../answers.ts";
import { whyLetGo } from "../ending.ts";
import { ASKS, type Ask, type Facts, fillIn, isNothing, type Needs, noFacts, only } from "../facts.ts";
import { type Section, scriptOf, sectionsOf } from "../script.ts";
import { ASKED_HERE, gatherHere } from "./here.ts";
import { type Place, sshCommand } from "./ssh.ts";
import { talk } from "./talk.ts";

export interface Target {
  /** As it was named: `local`, `ssh://ann@web-1`. */
  readonly name: string;
  /** All that is needed, in one round trip. Nothing is thrown: what could not be learned is unknown, and says why. */
  gather(needs: Needs, timeoutMs: number, signal: AbortSignal): Promise<Facts>;
}

/** What comes from outside. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  /** A text that nobody can foresee, of letters and digits. */
  boundary(): string;
}

/** @param env what programs are found and run with */
export function surroundingsOf(env: Readonly<Record<string, string | undefined>>): Surroundings {
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { env: Object.fromEntries(set), boundary: () => `muster${randomBytes(16).toString("hex")}` };
}

/** The bytes that a target may say. */
export const MOST_SAID = 33_554_432;

/** How a script is said to whatever reads it. */
export type Say = (script: string, timeoutMs: number, signal: AbortSignal) => Promise<Said>;

/** A target that is reached by whatever takes a script and gives back what it printed. */
export function saidTarget(name: string, boundary: () => string, say: Say): Target {
  return {
    name,
    async gather(needs, timeoutMs, signal) {
      if (isNothing(needs)) return noFacts();
      const sections: readonly Section[] = sectionsOf(needs);
      const mark = boundary();
      const said = await say(scriptOf(sections, mark, timeoutMs), timeoutMs, signal);
      // Where the script's own mark is the last that was said there, nobody has complained.
      const [trouble = ""] = said.trouble.split(`: ${mark}`);
      return factsIn({ ...said, trouble }, sections, needs, mark);
    },
  };
}

/** This machine, asked by a shell throughout. `sh`: the words that begin one. */
export function shellTarget(name: string, sh: readonly [string, ...string[]], { env, boundary }: Surroundings): Target {
  return saidTarget(name, boundary, (script, timeoutMs, signal) =>
    talk({ command: sh, env, script, timeoutMs, most: MOST_SAID }, signal),
  );
}

export function sshTarget(name: string, place: Place, surroundings: Surroundings): Target {
  return shellTarget(name, sshCommand(place), surroundings);
}

const BY_SHELL: readonly Ask[] = ASKS.filter((ask) => !ASKED_HERE.some((here) => here === ask));

/** This machine. What can be had without a shell is. */
export function localTarget(surroundings: Surroundings): Target {
  const shell = shellTarget("local", ["sh", "-s"], surroundings);
  return {
    name: "local",
    async gather(needs, timeoutMs, signal) {
      const facts = noFacts();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), timeoutMs);
      const over = AbortSignal.any([signal, late.signal]);
      const here = gatherHere(only(needs, ASKED_HERE), facts, over);
      const ended = new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
      const [rest] = await Promise.all([
        shell.gather(only(needs, BY_SHELL), timeoutMs, signal),
        // A file system that hangs holds up nobody but itself.
        Promise.race([here, ended]),
      ]);
      clearTimeout(timer);
      const told = { ...facts, ...Object.fromEntries(BY_SHELL.map((ask) => [ask, rest[ask]])) };
      return fillIn(told, needs, signal.aborted ? whyLetGo(signal) : "it did not answer in time");
    },
  };
}
