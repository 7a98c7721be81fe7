import { EXIT, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";

/**
 * Asks the person at the terminal. Anything but a yes is a no: then nothing is done, and the exit code says so. Throws
 * `usage.not-confirmed` where there is nobody to ask.
 */
export async function confirm(cli: Cli, command: string, question: string): Promise<boolean> {
  if (cli.ask === undefined) throw new MusterError("usage.not-confirmed", { command });
  const answer = await cli.ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  cli.err.write("Nothing was changed.\n");
  cli.process.exitCode = EXIT.failed;
  return false;
}
