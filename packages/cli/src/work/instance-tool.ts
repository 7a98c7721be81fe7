/** The tools, each as a command of its own: what they share, and what is made of what they give. */
import type { Tool } from "@muster/daemon";
import { EXIT, isObject, type Json, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { bytesOn } from "../print/bytes.ts";
import { placeName } from "../print/event-line.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { listenForEnd } from "./ending.ts";
import { confirmFree, type Kept, keepIn } from "./keep-in-file.ts";
import { durationIn } from "./times.ts";

export interface KeepFlags {
  readonly out?: string;
  readonly force: boolean;
}

export interface TraceFlags extends KeepFlags {
  readonly for?: string;
}

export const pauseInstance = acting("pause", () => "is paused");
export const continueInstance = acting("continue", () => "goes on");
export const setLink = acting("link", (way) => `has its cable ${way === "up" ? "in" : "out"}`);
export const takeSnapshot = acting("snapshot", (name) => `is kept as ${name}`);
export const restoreSnapshot = acting("restore", (name) => `is as it was when it was kept as ${name}`);

/** What it uses: a table of names and values, or the object. */
export async function showStats(this: Cli, { output }: OutputFlags, wanted: string): Promise<void> {
  const given = await use(this, wanted, { tool: "stats" }, textOf);
  if (given === undefined) return;
  const { place, made: text } = given;
  const stats = parsed(text);
  if (!isObject(stats)) {
    throw new MusterError("instance.failed", { verb: "stats", instance: place.id, detail: "it gives no JSON object" });
  }
  if (output === "json") this.out.write(`${JSON.stringify(stats)}\n`);
  else
    this.out.write(
      table([["NAME", "VALUE"], ...Object.entries(stats).map(([name, value]) => [plain(name), shown(value)])]),
    );
}

/** What its type tells of the door that was opened. */
export async function openGdb(this: Cli, _flags: object, wanted: string): Promise<void> {
  await use(this, wanted, { tool: "gdb" }, (bytes) => printed(this, bytes));
}

/** What goes over its network, until Ctrl-C or for so long: that is its end, and no failure. */
export async function traceInstance(this: Cli, flags: TraceFlags, wanted: string): Promise<void> {
  const ms = flags.for === undefined ? undefined : Math.min(durationIn("--for", flags.for), LONGEST);
  await keep(this, { tool: "trace", isEndless: true, ...(ms === undefined ? {} : { ms }) }, flags, wanted);
}

/** A timer waits no longer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

export async function dumpCore(this: Cli, flags: KeepFlags, wanted: string): Promise<void> {
  await keep(this, { tool: "core" }, flags, wanted);
}

/** A tool that gives nothing: what was done is told in a sentence. */
function acting(tool: Tool, done: (argument: string) => string) {
  return async function (this: Cli, { output }: OutputFlags, wanted: string, argument?: string): Promise<void> {
    const asked = { tool, ...(argument === undefined ? {} : { argument }) };
    const given = await use(this, wanted, asked, textOf);
    if (given === undefined) return;
    const { stack, group, id } = given.place;
    const sentence = `${placeName(stack, group)}: ${plain(id)} ${done(plain(argument ?? ""))}\n`;
    this.out.write(output === "json" ? `${JSON.stringify({ stack, group, instance: id, ...asked })}\n` : sentence);
  };
}

async function keep(cli: Cli, asked: Asked, { out: file, force }: KeepFlags, wanted: string): Promise<void> {
  if (file === undefined) {
    if (cli.out.isTerminal) {
      throw new MusterError("usage.bytes-on-terminal", { command: `muster instance ${asked.tool} ${wanted}` });
    }
    await use(cli, wanted, asked, (bytes) => sent(cli, bytes));
    return;
  }
  const place = { file, cwd: cli.cwd, force };
  await confirmFree(place);
  const kept = await use(cli, wanted, asked, (bytes, about) => keepIn(place, bytes, about));
  if (kept !== undefined) cli.out.write(`${plain(file)}: ${kept.made} bytes\n`);
}

interface Asked {
  readonly tool: Tool;
  readonly argument?: string;
  /** It goes on until nobody wants more: to be ended is its end. */
  readonly isEndless?: boolean;
  /** Ends it after so many milliseconds. */
  readonly ms?: number;
}

/** Uses the tool, and makes something of what it gives. Undefined where it was ended before; and after Ctrl-C, its code. */
async function use<T>(
  cli: Cli,
  wanted: string,
  { tool, argument, isEndless = false, ms }: Asked,
  make: (bytes: AsyncIterable<Uint8Array>, about: Kept) => Promise<T>,
) {
  const { api, place } = await findInstance(cli.env, wanted);
  const ending = listenForEnd();
  try {
    const signal = AbortSignal.any([
      ending.asked,
      cli.out.closed,
      ...(ms === undefined ? [] : [AbortSignal.timeout(ms)]),
    ]);
    const isWhole = () => isEndless || !signal.aborted;
    const asked = { actor: cli.user(), ...(argument === undefined ? {} : { argument }) };
    const about = { verb: tool, instance: place.id, isWhole };
    const made = await make(api.tool(place, tool, asked, signal), about);
    if (isWhole()) return { place, made };
    if (ending.asked.aborted) cli.process.exitCode = EXIT.interrupted;
    return undefined;
  } finally {
    ending.forget();
  }
}

async function sent({ out }: Cli, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of bytes) await out.send(piece);
}

async function printed({ out }: Cli, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const printer = bytesOn(out);
  for await (const piece of bytes) await printer.print(piece);
  printer.end();
}

/** What a tool that gives a table, or nothing, may give, in bytes: a plugin is not believed to come to an end. */
const MOST = 1024 * 1024;

async function textOf(bytes: AsyncIterable<Uint8Array>, { verb, instance }: Kept): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > MOST) {
      throw new MusterError("instance.failed", { verb, instance, detail: `it gives more than ${MOST} bytes` });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(value: Json | undefined): string {
  return plain(typeof value === "string" ? value : JSON.stringify(value));
}
