/** The steps of a try, one after the other: each is told as it ends, whatever becomes of it. */
import { durationText, type Event, EXIT, MusterError } from "@muster/model";
import { errorsOf, errorView, exitCodeFor } from "../print/errors.ts";
import type { LastWords } from "./last-words.ts";
import type { StepName, StepResult } from "./result.ts";

/** What a step tells when it has ended well, or why it did not pass. */
export type Told = Pick<StepResult, "message"> & Partial<Pick<StepResult, "verdict" | "plan" | "report">>;

/** As many events of a step as are kept. */
const EVENTS = 1_000;

export interface Following {
  /** How long a step may take, in milliseconds. */
  readonly withinMs: number;
  onStep(step: StepResult): void;
  onBegin(step: StepName): void;
}

export interface Course {
  readonly steps: readonly StepResult[];
  /** What was done in the step that is under way. */
  events(): readonly Event[];
  event(event: Event): void;
  /** Does a step, and tells of it whatever becomes of it. True where it passed. */
  step(name: StepName, asked: AbortSignal, run: (signal: AbortSignal) => Promise<Told>): Promise<boolean>;
  skip(name: StepName, message: string): void;
}

/** What is asked about a step that did not pass. */
export interface Aftermath {
  /** What members have printed, of steps in which they were asked to do something. */
  lastWords(): Promise<readonly LastWords[]>;
  /** Of a step that was late: what it waited for, a sentence each. */
  standing(): Promise<readonly string[]>;
}

export function follow(wishes: Following, { lastWords, standing }: Aftermath): Course {
  const steps: StepResult[] = [];
  let events: Event[] = [];

  function add(result: StepResult): void {
    steps.push(result);
    wishes.onStep(result);
  }

  return {
    steps,
    events: () => events,
    event: (event) => void (events.length < EVENTS && events.push(event)),
    async step(step, asked, run) {
      wishes.onBegin(step);
      events = [];
      const began = performance.now();
      const late = AbortSignal.timeout(wishes.withinMs);
      const told = await run(AbortSignal.any([asked, late])).catch(async (thrown: unknown) => {
        if (!isInterrupted(thrown)) return failed(thrown);
        return failed(late.aborted && !asked.aborted ? tooLate(wishes, await standing()) : goesAgain(thrown));
      });
      const result: StepResult = { step, verdict: "pass", tookMs: performance.now() - began, ...told, events };
      const isGood = result.verdict === "pass";
      const words = isGood || asked.aborted || step === "gone" ? [] : await lastWords();
      add(words.length === 0 ? result : { ...result, lastWords: words });
      return isGood;
    },
    skip: (step, message) => add({ step, verdict: "skip", tookMs: 0, message, events: [] }),
  };
}

/** What could not be told has not failed. */
function failed(thrown: unknown): Told & Pick<StepResult, "errors"> {
  const failures = errorsOf(thrown);
  const isUnsure = exitCodeFor(failures) === EXIT.unsure;
  const [only, another] = failures;
  const message = another === undefined ? (only?.message ?? "") : `${failures.length} errors`;
  return { message, verdict: isUnsure ? "unknown" : "fail", errors: failures.map(errorView) };
}

function isInterrupted(thrown: unknown): thrown is MusterError {
  return thrown instanceof MusterError && thrown.code === "apply.interrupted";
}

function goesAgain({ words }: MusterError): MusterError {
  return new MusterError("apply.interrupted", { ...words, fix: "What was made of it is taken away." });
}

function tooLate({ withinMs }: Following, standing: readonly string[]): MusterError {
  const waited = standing.map((each) => `; ${each}`).join("");
  return new MusterError("try.late", { within: durationText(withinMs), standing: waited });
}
