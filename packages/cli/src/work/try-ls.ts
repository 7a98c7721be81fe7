/** `muster try ls` and `show`: what there is of tries, and what came of them. */
import type { Cli } from "../cli.ts";
import type { TryLsFlags } from "../commands/try-ls.ts";
import type { TryShowFlags } from "../commands/try-show.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { age } from "../print/time.ts";
import { isUnderWay, readRecords, recordCalled, type TryRecord } from "../try/record.ts";
import { headText, keptText, leftText, stepText } from "../try/tell.ts";

/** A record without what is only of use to Muster. */
type TryView = Omit<TryRecord, "v" | "holder" | "document" | "places">;

export async function listTries(this: Cli, { output, all }: TryLsFlags): Promise<void> {
  const records = readRecords(this.env).filter(({ state }) => all || state !== "over");
  if (output === "json") this.out.write(`${JSON.stringify(records.map(viewOf))}\n`);
  else if (records.length === 0) this.out.write("No tries.\n");
  else this.out.write(textOf(records));
}

function textOf(records: readonly TryRecord[]): string {
  const rows = records.map((record) => {
    const { id, stack, platform, began, result, file } = record;
    const shown = platform === "" ? "-" : plain(platform);
    return [id, plain(stack), shown, stateOf(record), result?.verdict ?? "-", age(began, Date.now()), plain(file)];
  });
  return table([["TRY", "STACK", "PLATFORM", "STATE", "VERDICT", "AGE", "FILE"], ...rows]);
}

/** As it is now: whoever saw to it may have been killed. */
function stateOf(record: TryRecord): TryRecord["state"] {
  return record.state === "running" && !isUnderWay(record) ? "left" : record.state;
}

function viewOf(record: TryRecord): TryView {
  const { v: _, holder: __, document: ___, places: ____, ...view } = record;
  return { ...view, state: stateOf(record) };
}

export async function showTry(this: Cli, { output, events }: TryShowFlags, wanted: string): Promise<void> {
  const record = recordCalled(this.env, wanted);
  if (output === "json") {
    this.out.write(`${JSON.stringify(viewOf(record))}\n`);
    return;
  }
  const steps = record.result?.steps.map((step) => stepText(step, this.out, events)) ?? [];
  const end = steps.length === 0 ? `  ${stateOf(record)}: nothing is told of its steps\n` : "";
  this.out.write(`${headText(record, this.out)}${steps.join("")}${end}${onwards(record)}`);
}

function onwards(record: TryRecord): string {
  const state = stateOf(record);
  if (state === "left") return leftText(record);
  return state === "kept" ? keptText(record) : "";
}
