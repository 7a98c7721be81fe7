import {
  type Discovered,
  type Discovering,
  discoverProgram,
  discoverThing,
  kindOf,
  readable,
  STEADY_KINDS,
  subjectMeaning,
  type Target,
} from "@muster/checks";
import { checksText } from "@muster/declaration";
import { didYouMean, type Json, MusterError, nearest } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { EntryFlags } from "../commands/flags.ts";
import { targetsOf } from "../targets/targets.ts";
import { durationFlag } from "./duration-flag.ts";
import { listenForEnd } from "./ending.ts";

export interface DiscoverFlags extends EntryFlags {
  readonly target?: string;
  readonly timeout?: string;
}

const TIMEOUT_MS = 30_000;

export async function discoverChecks(this: Cli, flags: DiscoverFlags, name: string, subject?: string): Promise<void> {
  const timeoutMs = durationFlag("--timeout", flags.timeout) ?? TIMEOUT_MS;
  const wanted = subject === undefined ? thingOf("process", name) : thingOf(name, subject);
  const [target, another] = await targetsOf(this, [flags.target ?? "local"]);
  if (target === undefined || another !== undefined) {
    const detail = "it is more than one";
    throw new MusterError("usage.bad-value", {
      what: `--target ${flags.target}`,
      detail,
      wanted: "one, as STACK/GROUP/SLOT",
    });
  }
  const ending = listenForEnd();
  const how: Discovering = { target, timeoutMs, signal: AbortSignal.any([ending.asked, this.out.closed]) };
  const discovered = await (subject === undefined
    ? discoverProgram(name, how)
    : discoverThing(name, wanted, how)
  ).finally(() => ending.forget());
  const { checks, notes } = found(discovered, target, [name, subject]);
  for (const note of notes) this.err.write(`left out: ${readable(note)}\n`);
  this.out.write(await checksText(checks, flags.output));
}

function found(
  discovered: Discovered,
  { name: target }: Target,
  [name, subject]: readonly [string, string | undefined],
): Extract<Discovered, { kind: "found" }> {
  const what = subject === undefined ? `a process \`${name}\`` : `${name} \`${subject}\``;
  switch (discovered.kind) {
    case "found":
      return discovered;
    case "nothing": {
      const near = didYouMean(nearest(name, discovered.others));
      const no = subject === undefined ? `no process \`${name}\`` : `no ${name} \`${subject}\``;
      throw new MusterError("target.nothing-found", { what: no, target, nearest: near });
    }
    case "unknown":
      throw new MusterError("target.untold", { what, target, detail: discovered.why });
  }
}

/** Throws `usage.bad-value` for what is no thing of which anything steady could be said. */
function thingOf(name: string, subject: string): Json {
  const kind = STEADY_KINDS.includes(name) ? kindOf(name) : undefined;
  if (kind === undefined) {
    const detail = `nothing steady is known of "${name}"${didYouMean(nearest(name, STEADY_KINDS))}`;
    throw new MusterError("usage.bad-value", { what: "the kind", detail, wanted: `one of ${STEADY_KINDS.join(", ")}` });
  }
  const value = name === "port" && /^\d+$/.test(subject) ? Number(subject) : subject;
  const fault = kind.subject.fault(value);
  if (fault === undefined) return value;
  throw new MusterError("usage.bad-value", {
    what: `${name} ${subject}`,
    detail: `it ${fault}`,
    wanted: subjectMeaning(kind.subject),
  });
}
