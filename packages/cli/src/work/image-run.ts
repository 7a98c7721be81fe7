/** `muster image run`: one machine, or one process, for as long as somebody looks on. */
import { EXIT, type JsonObject, MusterError, messageOf } from "@muster/model";
import { asProviderError, ProviderError, readSettings, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import type { RunFlags } from "../commands/image-flags.ts";
import { runsDirectory } from "../places.ts";
import { plain, plainLines } from "../print/paint.ts";
import { listenForEnd } from "./ending.ts";
import { OUTSIDE } from "./host.ts";
import { asMachine, asProcess, type Undertaking } from "./image-run-as.ts";
import { showConsole } from "./image-run-console.ts";
import { attend, type Outcome } from "./image-run-life.ts";
import { sweepRuns, tagsOfRun } from "./image-run-marks.ts";
import { durationIn } from "./times.ts";

/** Throws for every bad end; sets exit code 130 where it was to be tried, and asked to end before it was ready. */
export async function runImage(this: Cli, flags: RunFlags, what: string): Promise<void> {
  const withinMs = durationIn("--within", flags.within);
  const undertaking = await (flags.as === "vm" ? asMachine(this, flags, what) : asProcess(this, flags, what));
  // A second Ctrl-C must not leave behind what the first one is taking away.
  const ending = listenForEnd(() => undefined);
  try {
    const outcome = await runIt(this, undertaking, {
      asked: AbortSignal.any([ending.asked, this.out.closed]),
      ...(flags.try ? { withinMs } : {}),
    });
    conclude(this, flags, undertaking, outcome);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    // What is wrong with an image says best itself what to do.
    if (thrown.cause instanceof MusterError) throw thrown.cause;
    const { name, type } = undertaking;
    const detail = `\`${name}\` cannot be run as a ${type}: ${messageOf(thrown)}`;
    throw new MusterError("image.not-possible", { detail, fix: "Mend that, and run it again." }, { cause: thrown });
  } finally {
    ending.forget();
  }
}

interface Wishes {
  /** Aborted when it is to end. */
  readonly asked: AbortSignal;
  /** It is only to be tried: so long it may take to be ready, in milliseconds. */
  readonly withinMs?: number;
}

interface Ran {
  readonly outcome: Outcome;
  /** What stood on its console last. */
  readonly tail: string;
}

async function runIt(cli: Cli, undertaking: Undertaking, { asked, withinMs }: Wishes): Promise<Ran> {
  const type = typeCalled(cli, undertaking.type);
  const want = wantOf(type, undertaking);
  const provider = await openIn(cli, type, undertaking.settings);
  await sweep(cli, provider, undertaking);
  const tags = tagsOfRun(undertaking.name);
  const ctx = { signal: new AbortController().signal };
  try {
    await provider.validate?.(want);
    const began = performance.now();
    const { id } = await provider.create(want, tags, ctx);
    for (const line of portLines(undertaking)) cli.err.write(line);
    const console = showConsole(cli, provider, id);
    try {
      const outcome = await attend(provider, tags, {
        asked,
        ...(withinMs === undefined ? {} : { withinMs }),
        onReady: () => cli.err.write(readyLine(undertaking, performance.now() - began)),
      });
      // What has ended has said its last words, and what is asked to end may have some to say.
      if (outcome.kind !== "asked") await console.settled();
      await provider.destroy(id, ctx);
      if (!cli.out.closed.aborted) await console.settled();
      return { outcome, tail: console.tail() };
    } finally {
      await console.end();
    }
  } finally {
    // Also what was begun and not answered.
    for await (const page of provider.list(tags, ctx)) for (const { id } of page) await provider.destroy(id, ctx);
    await provider.close?.();
  }
}

function typeCalled(cli: Cli, name: Undertaking["type"]): TaggedType {
  const type = builtinsOf(cli.env).types.find((each) => each.name === name);
  if (type?.known === "tags") return type;
  throw new MusterError("internal", { detail: `there is no type ${name}` });
}

/** Throws ProviderError `invalid`: what stands in a manifest may be nothing for a process. */
function wantOf({ schema }: TaggedType, { want }: Undertaking): JsonObject {
  const { data, error } = schema.safeParse(want);
  if (data !== undefined) return data;
  const detail = error.issues.map(({ path, message }) => `\`${path.join(".")}\` ${message}`).join("; ");
  throw new ProviderError("invalid", detail);
}

/** Throws `settings.bad` and what the provider throws. */
async function openIn(cli: Cli, type: TaggedType, settings: JsonObject): Promise<TaggedProvider> {
  const dir = runsDirectory(cli.env, type.name);
  return type.open(readSettings(type.name, type.settings, { ...settings, dir }), OUTSIDE.io);
}

/** What runs of commands that were killed with -9 have left behind. That it cannot be taken away holds up nobody. */
async function sweep(cli: Cli, provider: TaggedProvider, { type }: Undertaking): Promise<void> {
  const other = type === "vm" ? "process" : "vm";
  const told = (swept: number) => {
    if (swept > 0) cli.err.write(`Took away what ${swept === 1 ? "a run" : `${swept} runs`} had left behind.\n`);
  };
  try {
    told(await sweepRuns(provider));
    const others = await openIn(cli, typeCalled(cli, other), {});
    told(await sweepRuns(others));
    await others.close?.();
  } catch (thrown) {
    cli.err.write(`What earlier runs have left behind stays: ${plain(messageOf(asProviderError(thrown)))}\n`);
  }
}

function portLines({ name, type, ports }: Undertaking): readonly string[] {
  if (ports.length === 0) return [`${name} runs as a ${type}; it has no ports\n`];
  return ports.map(({ guest, host }) => `${name} runs as a ${type}; its port ${guest} is http://127.0.0.1:${host}\n`);
}

function readyLine({ name, asksHealth }: Undertaking, ms: number): string {
  const how = asksHealth ? "is ready" : "runs, and has no `health` that could be asked";
  return `${name} ${how}, after ${(ms / 1000).toFixed(1)} s\n`;
}

/** Throws `image.ended`, `image.not-ready`. */
function conclude(cli: Cli, flags: RunFlags, { name, tellsSuccess, asksHealth }: Undertaking, { outcome, tail }: Ran) {
  switch (outcome.kind) {
    case "asked":
      if (flags.try) cli.process.exitCode = EXIT.interrupted;
      return;
    case "ready":
      return;
    case "ended": {
      const { reason } = outcome;
      // One that was ready is asked to end at once, where it is only tried.
      const wasNeverReady = flags.try && asksHealth;
      if (wasNeverReady || !tellsSuccess(reason)) throw new MusterError("image.ended", { image: name, reason });
      cli.err.write(`${name} has ended: ${plain(reason)}\n`);
      return;
    }
    case "late":
      cli.err.write(tailText(tail));
      throw new MusterError("image.not-ready", { image: name, within: flags.within, reason: outcome.reason });
  }
}

function tailText(tail: string): string {
  const lines = plainLines(tail).split("\n");
  return tail === ""
    ? "Its console is empty.\n"
    : `The end of its console:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
