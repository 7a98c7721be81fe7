import { type ReportForm, surroundingsOf } from "@muster/checks";
import type { Inspector } from "@muster/daemon";
import { EXIT, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { SetFlags } from "../commands/flags.ts";
import { targetsOf } from "../targets/targets.ts";
import { type Asking, askParts } from "../verify/asked.ts";
import type { Blind } from "../verify/derived.ts";
import { refuseIdle } from "../verify/flags.ts";
import { needsTypes, type Part, partOf, type ReadPart, readPart } from "../verify/parts.ts";
import { printReport } from "../verify/print.ts";
import { showProgress, systemTicks } from "../verify/progress.ts";
import { durationFlag } from "./duration-flag.ts";
import { listenForEnd } from "./ending.ts";

export interface VerifyFlags extends SetFlags {
  readonly output: ReportForm;
  readonly target?: readonly string[];
  readonly only?: readonly string[];
  readonly derived: boolean;
  readonly retryFor?: string;
  readonly timeout?: string;
  readonly last: boolean;
  readonly history: boolean;
  readonly since?: string;
  readonly serve?: string;
  readonly cache?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tokenFile?: string;
}

const TIMEOUT_MS = 30_000;

export async function verifyFiles(this: Cli, flags: VerifyFlags, ...files: readonly string[]): Promise<void> {
  refuseIdle(flags);
  if (flags.last || flags.history) {
    const { showLast, showReports } = await import("../verify/kept.ts");
    return flags.last ? showLast(this, flags, files) : showReports(this, flags, files);
  }
  if (files.length === 0) {
    const detail = "Expected at least one file: checks, or a stack";
    throw new MusterError("usage.missing-argument", { detail, help: "muster verify --help" });
  }
  const settings = {
    timeoutMs: durationFlag("--timeout", flags.timeout) ?? TIMEOUT_MS,
    retryForMs: durationFlag("--retry-for", flags.retryFor) ?? 0,
    only: flags.only ?? [],
    targets: await targetsOf(this, flags.target ?? ["local"]),
    surroundings: surroundingsOf(this.env),
  };
  const read = await Promise.all(files.map((file) => readPart(this, file)));
  await withTypes(this, flags, read, async (inspector, blind) => {
    const kinds = inspector?.kinds() ?? {};
    const isWhole = flags.derived && settings.only.length === 0;
    const asking: Asking = { ...settings, kinds, isWhole };
    const parts = read.map((each) => partOf(each, kinds, { ...asking, derives: flags.derived, inspector, blind }));
    if (flags.serve === undefined) return askOnce(this, flags.output, parts, asking);
    const { serveChecks } = await import("../verify/serve.ts");
    return serveChecks(this, { ...flags, serve: flags.serve }, files, parts, asking);
  });
}

async function askOnce(cli: Cli, output: ReportForm, parts: readonly Part[], asking: Asking): Promise<void> {
  const ending = listenForEnd();
  const progress = showProgress(cli.err, systemTicks);
  const asked = await askParts(parts, asking, AbortSignal.any([ending.asked, cli.out.closed]), progress.again).finally(
    () => {
      progress.end();
      ending.forget();
    },
  );
  printReport(cli, output, asked.whole);
  const { counts } = asked.whole;
  if (ending.asked.aborted) cli.process.exitCode = EXIT.interrupted;
  else if (counts.fail > 0) cli.process.exitCode = EXIT.failed;
  else if (counts.unknown > 0) cli.process.exitCode = EXIT.unsure;
  // What was asked in part, or broken off, is no report of its subject.
  if (ending.asked.aborted || !asking.isWhole) return;
  const { keepReports } = await import("../verify/kept.ts");
  await keepReports(cli, asked.parts);
}

/** Types are loaded, and plugins asked, only where a file needs them. */
async function withTypes(
  cli: Cli,
  flags: VerifyFlags,
  read: readonly ReadPart[],
  use: (inspector: Inspector | undefined, blind: Blind | undefined) => Promise<void>,
): Promise<void> {
  if (!read.some((each) => needsTypes(each, flags.derived))) return use(undefined, undefined);
  const [{ inspecting }, { storeToRead }, { memoryStore }] = await Promise.all([
    import("./inspect.ts"),
    import("./store-to-read.ts"),
    import("@muster/store"),
  ]);
  let blind: Blind | undefined;
  const storeOf = () => {
    try {
      return storeToRead(cli);
    } catch (thrown) {
      if (!(thrown instanceof MusterError)) throw thrown;
      blind = { why: thrown.message };
      cli.err.write(`What is whose is not known: ${thrown.message}\n`);
      return memoryStore();
    }
  };
  await inspecting(cli, flags, (inspector) => use(inspector, blind), storeOf);
}
