import { constants } from "node:os";
import type { Exit } from "@muster/daemon";
import { EXIT } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findInstance } from "../client/instances.ts";
import type { ExecFlags } from "../commands/instance-exec.ts";
import { bytesOn } from "../print/bytes.ts";
import { listenForEnd } from "./ending.ts";

/** Prints what the command prints, and ends with its exit code. */
export async function execInInstance(
  this: Cli,
  { input }: ExecFlags,
  wanted = "",
  program = "",
  ...words: readonly string[]
): Promise<void> {
  const { api, place } = await findInstance(this.env, wanted);
  const ending = listenForEnd();
  const done = new AbortController();
  const [out, err] = [bytesOn(this.out), bytesOn(this.err)];
  try {
    const over = AbortSignal.any([ending.asked, this.out.closed]);
    const asked = { actor: this.user(), command: [program, ...words] } as const;
    this.process.exitCode = EXIT.interrupted;
    for await (const frame of api.exec(place, asked, input ? this.input(done.signal) : undefined, over)) {
      if ("out" in frame) await out.print(Buffer.from(frame.out, "base64"));
      else if ("err" in frame) await err.print(Buffer.from(frame.err, "base64"));
      else if ("end" in frame) this.process.exitCode = codeOf(frame.end);
    }
  } finally {
    done.abort();
    out.end();
    err.end();
    ending.forget();
  }
}

/** As a shell tells it. */
export function codeOf(exit: Exit): number {
  if (exit.kind === "exited") return exit.code;
  const number = Object.entries(constants.signals).find(([name]) => name === exit.signal)?.[1] ?? 0;
  return 128 + number;
}
