import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Surroundings } from "../target/target.ts";

let count = 0;

/** What a target gets from outside, in a test. */
export const SURROUNDINGS: Surroundings = {
  env: { PATH: process.env["PATH"] ?? "" },
  boundary: () => `boundary${process.pid}x${count++}`,
};

export const NEVER = new AbortController().signal;
export const PATIENT = 20_000;

/** A directory of its own, gone when the test is over. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "muster-checks-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}
