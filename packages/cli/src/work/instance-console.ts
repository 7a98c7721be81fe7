import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { ConsoleFlags } from "../commands/instance-console.ts";
import { bytesOn } from "../print/bytes.ts";
import { listenForEnd } from "./ending.ts";
import { queryOf } from "./instance-logs.ts";
import { untilLeft } from "./leaving.ts";

/** Shows the console; with `input` what is given here is typed into it. */
export async function showConsole(this: Cli, flags: ConsoleFlags, wanted: string): Promise<void> {
  const { lines } = queryOf(flags);
  const { api, place } = await findInstance(this.env, wanted);
  const ending = listenForEnd();
  const left = new AbortController();
  const done = new AbortController();
  const printer = bytesOn(this.out);
  try {
    const over = AbortSignal.any([ending.asked, this.out.closed, left.signal]);
    const typed = flags.input ? typedAt(this, AbortSignal.any([over, done.signal]), () => left.abort()) : undefined;
    // Whoever types at a terminal wants to see what comes of it.
    const follow = flags.follow || (flags.input && this.keys !== undefined);
    const asked = { actor: this.user(), follow, ...(lines === undefined ? {} : { lines }) };
    for await (const bytes of api.console(place, asked, typed, over)) await printer.print(bytes);
  } finally {
    done.abort();
    printer.end();
    ending.forget();
  }
}

function typedAt({ keys, input, err }: Cli, over: AbortSignal, leave: () => void): AsyncIterable<Uint8Array> {
  if (keys === undefined) return input(over);
  err.write("Each key goes to the console; Ctrl-] leaves it.\n");
  return untilLeft(keys(over), leave);
}
