import { setTimeout as sleep } from "node:timers/promises";
import { type Check, type ReportForm, type Result, reportAs, subjectText, verify } from "@muster/checks";
import { checksOf, readDocument } from "@muster/declaration/checks";
import { EXIT, isObject, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { paint } from "../print/paint.ts";
import { durationFlag } from "./duration-flag.ts";
import { listenForEnd } from "./ending.ts";
import { targetsOf } from "../targets/targets.ts";

export interface VerifyFlags {
  readonly output: ReportForm;
  readonly target?: readonly string[];
  readonly only?: readonly string[];
  readonly retryFor?: string;
  readonly timeout?: string;
}

const TIMEOUT_MS = 30_000;
const COLORS = { pass: "green", fail: "red", unknown: "yellow" } as const;

export async function verifyFiles(this: Cli, flags: VerifyFlags, ...files: readonly string[]): Promise<void> {
  const timeoutMs = durationFlag("--timeout", flags.timeout) ?? TIMEOUT_MS;
  const retryForMs = durationFlag("--retry-for", flags.retryFor) ?? 0;
  const targets = await targetsOf(this, flags.target ?? ["local"]);
  const read = await Promise.all(files.map((file) => readChecks(this, file)));
  const checks = onlyOf(read.flat(), flags.only ?? []);
  const ending = listenForEnd();
  const signal = AbortSignal.any([ending.asked, this.out.closed]);
  const report = await verify(checks, {
    ...{ targets, timeoutMs, retryForMs, now: Date.now, signal },
    // Whoever is let go of wakes at once.
    pause: (ms, until) => sleep(ms, undefined, { signal: until }).catch(() => undefined),
  });
  ending.forget();
  const colored = (verdict: Result["verdict"], text: string) => paint(this.out, COLORS[verdict], text);
  this.out.write(reportAs(flags.output, report, colored));
  if (ending.asked.aborted) this.process.exitCode = EXIT.interrupted;
  else if (report.counts.fail > 0) this.process.exitCode = EXIT.failed;
  else if (report.counts.unknown > 0) this.process.exitCode = EXIT.unsure;
}

async function readChecks(cli: Cli, file: string): Promise<readonly Check[]> {
  const source = await readDocument(file, {
    sdk: import.meta.resolve("@muster/sdk"),
    env: cli.env,
    print: cli.err.write,
  });
  // What is wrong with the rest of a stack is told here too: nobody could apply it.
  if (isObject(source.data) && Object.hasOwn(source.data, "stack")) {
    const { documentOf, stackOf } = await import("@muster/declaration");
    stackOf(documentOf(source), source);
  }
  return checksOf(source);
}

function onlyOf(checks: readonly Check[], only: readonly string[]): readonly Check[] {
  if (only.length === 0) return checks;
  const isMeant = ({ kind, title = "", subject }: Check) =>
    only.some((text) => kind === text || title.includes(text) || subjectText(subject).includes(text));
  const meant = checks.filter(isMeant);
  if (meant.length > 0) return meant;
  const wanted = "a kind, or a text of a title or of a subject";
  throw new MusterError("usage.bad-value", { what: "--only", detail: "no check is like that", wanted });
}
