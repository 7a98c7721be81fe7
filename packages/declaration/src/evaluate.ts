/**
 * A stack in TypeScript or JavaScript is a program. It runs in a process of its own (evaluate-child.ts) with a deadline,
 * and nothing but data comes back, over a pipe that is not its standard output.
 */
import { realpath } from "node:fs/promises";
import { extname } from "node:path";
import { type Json, MusterError, type Place } from "@muster/model";
import type { Answer } from "./evaluate-child.ts";
import { type Failure, shownOf } from "./failure.ts";
import { DEADLINE_MS, type Ended, type EvaluateDeps, runStack, syntaxCheck } from "./run-stack.ts";
import { placeOf, type SourceDocument } from "./source.ts";
import { MAX_BYTES } from "./text.ts";

/** Throws `declaration.threw`, `.syntax`, `.timeout`, `.no-data` and `.too-big`. */
export async function evaluate(file: string, deps: EvaluateDeps): Promise<SourceDocument> {
  const path = await realpath(file);
  const ended = await runStack(path, deps);
  if (ended.how === "deadline") {
    const seconds = (deps.deadlineMs ?? DEADLINE_MS) / 1000;
    throw new MusterError("declaration.timeout", { file, seconds }, { place: { file } });
  }
  const answer = answerOf(ended);
  if (answer.kind === "failed") throw await failed(answer, file, path);
  return { file, data: dataOf(answer, file), locate: (at) => placeOf(at, file) };
}

/** No answer: the process died before it gave one, or the file wrote something else to the pipe. */
function answerOf({ line, code, signal }: Extract<Ended, { how: "exit" }>): Answer {
  const detail = `its process was ended by ${signal ?? `exit code ${code}`} before it gave one`;
  try {
    const answer: Answer | null = JSON.parse(line);
    return typeof answer?.kind === "string" ? answer : { kind: "no-data", detail };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "no-data", detail };
    throw error;
  }
}

function dataOf(answer: Exclude<Answer, Failure>, file: string): Json {
  switch (answer.kind) {
    case "data":
      return answer.data;
    case "too-big":
      throw new MusterError(
        "declaration.too-big",
        { file, bytes: answer.bytes, limit: MAX_BYTES },
        { place: { file } },
      );
    case "no-data": {
      const place = { file, ...(answer.path ? { path: answer.path } : {}) };
      throw new MusterError("declaration.no-data", { file, detail: answer.detail }, { place });
    }
  }
}

async function failed(failure: Failure, file: string, path: string): Promise<MusterError> {
  const { detail } = failure;
  if (!failure.syntax)
    return new MusterError("declaration.threw", { file, detail }, { place: placeIn(failure, file, path) });
  const spot = failure.line === undefined ? shownOf(await syntaxCheck(path)) : failure;
  const language = /^\.m?ts$/i.test(extname(file)) ? "TypeScript" : "JavaScript";
  return new MusterError("declaration.syntax", { language, detail }, { place: placeIn(spot ?? {}, file, path) });
}

/** A place in the stack file has the name the file was asked for by; one in a neighbour has its path. */
function placeIn(spot: Pick<Failure, "file" | "line" | "column">, file: string, path: string): Place {
  return {
    file: spot.file === undefined || spot.file === path ? file : spot.file,
    ...(spot.line === undefined ? {} : { line: spot.line }),
    ...(spot.column === undefined ? {} : { column: spot.column }),
  };
}
