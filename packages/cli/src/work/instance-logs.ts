import type { LogsQuery } from "@muster/daemon";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { LogFlags } from "../commands/flags.ts";
import { bytesOn } from "../print/bytes.ts";
import { listenForEnd } from "./ending.ts";

export async function showLogs(this: Cli, flags: LogFlags, wanted: string): Promise<void> {
  const query = queryOf(flags);
  const { api, place } = await findInstance(this.env, wanted);
  const ending = listenForEnd();
  const printer = bytesOn(this.out);
  try {
    const over = AbortSignal.any([ending.asked, this.out.closed]);
    for await (const bytes of api.logs(place, query, over)) await printer.print(bytes);
  } finally {
    printer.end();
    ending.forget();
  }
}

/** As many lines as anybody may ask for. */
const MOST = 1_000_000;

/** Throws `usage.bad-value`. */
export function queryOf({ follow, lines }: LogFlags): LogsQuery {
  const followed = follow ? ({ follow: "1" } as const) : {};
  if (lines === undefined) return followed;
  const count = Number(lines);
  if (/^\d+$/.test(lines) && count <= MOST) return { ...followed, lines: count };
  const words = {
    what: "--lines",
    detail: `\`${lines}\` is no number of lines`,
    wanted: `a whole number from 0 to ${MOST}`,
  };
  throw new MusterError("usage.bad-value", words);
}
