/** `muster try destroy` and `sweep`: what there is of tries is taken away. */
import { EXIT } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { recordCalled } from "../try/record.ts";
import { sweep, takeAway } from "../try/sweep.ts";
import { listenForEnd } from "./ending.ts";
import { sweptText } from "./try.ts";

export async function destroyTries(this: Cli, { output }: OutputFlags, ...wanted: readonly string[]): Promise<void> {
  const records = wanted.map((each) => recordCalled(this.env, each)).filter(({ state }) => state !== "over");
  const ending = listenForEnd();
  try {
    for (const record of records) {
      await takeAway(this, record, ending.asked);
      if (output === "text") this.out.write(`try ${record.id} of ${record.stack}: destroyed\n`);
    }
  } finally {
    ending.forget();
  }
  if (output === "json") this.out.write(`${JSON.stringify(records.map(({ id }) => ({ id, gone: true })))}\n`);
  else if (records.length === 0) this.out.write("Nothing is left of it.\n");
}

export async function sweepTries(this: Cli, { output }: OutputFlags): Promise<void> {
  const ending = listenForEnd();
  const swept = await sweep(this, ending.asked).finally(ending.forget);
  if (swept.some(({ failure }) => failure !== undefined)) this.process.exitCode = EXIT.failed;
  if (output === "json") this.out.write(`${JSON.stringify(swept)}\n`);
  else this.out.write(swept.length === 0 ? "Nothing was left behind.\n" : swept.map(sweptText).join(""));
}
