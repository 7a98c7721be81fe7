/** `muster try`: copies of a stack are made, tried and taken away again. */
import { EXIT, exitCodeOf, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { TryFlags } from "../commands/try-run.ts";
import { exitCodeFor } from "../print/errors.ts";
import { plain } from "../print/paint.ts";
import { confirmAlone, live } from "../try/life.ts";
import { makePlace } from "../try/place.ts";
import { type Prepared, prepare } from "../try/prepare.ts";
import { forget, forgetOld, holderHere, type TryRecord, writeRecord } from "../try/record.ts";
import { type TryResult, verdictOf } from "../try/result.ts";
import { finish, type Swept, sweep } from "../try/sweep.ts";
import { countsOf, countsText, headText, keptText, leftText, stepText, tableText } from "../try/tell.ts";
import { silent, type Telling, tellPeople } from "../try/telling.ts";
import { listenForEnd } from "./ending.ts";
import { planHere } from "./plan.ts";
import { durationIn } from "./times.ts";

export async function tryFile(this: Cli, flags: TryFlags, file: string): Promise<void> {
  const withinMs = durationIn("--within", flags.within);
  const retryForMs = durationIn("--retry-for", flags.retryFor);
  const atOnce = atOnceIn(flags.atOnce);
  const copies = await prepare(this, file, { platform: flags.platform ?? [], with: flags.with ?? [] });
  const began = performance.now();
  const begun = new Set<string>();
  const underWay = new Set<string>();
  const ending = listenForEnd(() => leave(this, underWay));
  const telling = flags.output === "json" ? silent() : tellPeople(this, copies.length === 1 || atOnce === 1);
  const results: TryResult[] = [];
  let swept: readonly Swept[] = [];
  try {
    ending.asked.addEventListener("abort", () => this.err.write(ENDING), { once: true });
    swept = await sweep(this, ending.asked);
    this.err.write(swept.map(sweptText).join(""));
    await makeRoom(this, copies);
    const queue = copies.values();
    const worker = async () => {
      for (const copy of queue) {
        if (ending.asked.aborted) return;
        begun.add(copy.place.id);
        underWay.add(copy.place.id);
        results.push(await tryOne(this, flags, copy, { withinMs, retryForMs, asked: ending.asked, telling }));
        underWay.delete(copy.place.id);
      }
    };
    // What is the matter with one does not keep the others from taking away what they have made.
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    forgetOld(this.env);
  } finally {
    for (const { place } of copies) if (!begun.has(place.id)) forget(this.env, place.id);
    telling.end();
    ending.forget();
  }
  const inOrder = copies.flatMap(({ place }) => results.filter(({ id }) => id === place.id));
  const counts = countsOf(inOrder);
  this.out.write(
    flags.output === "json"
      ? `${JSON.stringify({ tries: inOrder, counts, notBegun: copies.length - inOrder.length, swept })}\n`
      : `\n${tableText(inOrder)}${countsText(inOrder, performance.now() - began)}`,
  );
  this.process.exitCode = ending.asked.aborted ? EXIT.interrupted : exitOf(inOrder, counts);
}

const MOST_AT_ONCE = 64;

function atOnceIn(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_AT_ONCE) return count;
  const detail = `\`${text}\` is no number of copies`;
  throw new MusterError("usage.bad-value", {
    ...{ what: "--at-once", detail, wanted: `a whole number from 1 to ${MOST_AT_ONCE}` },
  });
}

const ENDING = "Ending: what was made is taken away first. (Ctrl-C again leaves it.)\n";

function exitOf(
  results: readonly TryResult[],
  { fail, unknown }: Readonly<Record<TryResult["verdict"], number>>,
): number {
  const errors = results.flatMap(({ steps }) => steps.flatMap((step) => step.errors ?? []));
  // What nobody could apply has not failed: it is wrong.
  if (errors.some(({ code }) => exitCodeOf(code) === EXIT.invalid)) return EXIT.invalid;
  if (fail > 0) return EXIT.failed;
  return unknown > 0 ? EXIT.unsure : EXIT.done;
}

interface How {
  readonly withinMs: number;
  readonly retryForMs: number;
  readonly asked: AbortSignal;
  readonly telling: Telling;
}

async function tryOne(cli: Cli, flags: TryFlags, copy: Prepared, how: How): Promise<TryResult> {
  const { place, platform, original, read } = copy;
  const { telling, asked, withinMs, retryForMs } = how;
  const began = Date.now();
  const about = { id: place.id, stack: original, copy: read.stack.name, file: read.path, platform, began };
  const record: TryRecord = { ...recordOf(copy), began };
  telling.step(copy, headText(about, cli.out));
  const { steps, kept, gone } = await live(cli, copy, {
    ...{ keep: flags.keep, withinMs, retryForMs, asked },
    onBegin: (step) => telling.begin(copy, step),
    onStep: (step) => telling.step(copy, stepText(step, cli.out, flags.events)),
  }).catch((thrown: unknown) => {
    writeRecord(cli.env, { ...record, state: "left" });
    throw thrown;
  });
  const result: TryResult = {
    ...{ ...about, tookMs: Date.now() - began, verdict: verdictOf(steps), kept },
    ...{ interrupted: asked.aborted, steps },
  };
  if (gone) finish(cli, { ...record, result });
  else writeRecord(cli.env, { ...record, state: kept ? "kept" : "left", result });
  if (kept) telling.step(copy, keptText(result));
  else if (!gone) telling.step(copy, leftText(result));
  telling.done(copy);
  return result;
}

function recordOf({ place, original, platform, read, places }: Prepared): TryRecord {
  return {
    ...{ v: 1, id: place.id, stack: original, copy: read.stack.name, file: read.path, platform, began: Date.now() },
    ...{ state: "running", holder: holderHere(`try ${read.file}`), document: read.document, places },
  };
}

/**
 * Makes room for each copy, and throws what nobody could apply before any is made. What cannot be told yet is told when it
 * is made.
 */
async function makeRoom(cli: Cli, copies: readonly Prepared[]): Promise<void> {
  for (const copy of copies) {
    // Written down before anything is there: what is killed from here on is found.
    writeRecord(cli.env, recordOf(copy));
    makePlace(copy.place);
    try {
      const own: Cli = { ...cli, env: copy.place.env };
      // What is told beside a plan is told when the copy is made: here it would stand among the results.
      const [plan] = await planHere(own, { output: "text", prune: false }, [copy.read], () => undefined);
      if (plan !== undefined) confirmAlone(plan, copy.read);
    } catch (thrown) {
      if (exitCodeFor([thrown]) === EXIT.invalid) throw thrown;
    }
  }
}

export function sweptText({ id, failure }: Swept): string {
  return failure === undefined
    ? `Took away what the try ${id} had left behind.\n`
    : `What the try ${id} has left behind stays: ${plain(failure)}\n`;
}

/** Whoever wishes it a second time does not want to wait: the next `muster try` takes away what is left. */
function leave({ err }: Cli, underWay: ReadonlySet<string>): void {
  const ids = [...underWay];
  err.write(
    ids
      .map((id) => `Left: try ${id}. \`muster try destroy ${id}\` takes it away, and so does the next try.\n`)
      .join(""),
  );
  process.exit(EXIT.interrupted);
}
