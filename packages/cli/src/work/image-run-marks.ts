/** What `muster image run` runs bears the mark of the command that shows it: what is left of one that was killed is found. */
import { musterMarks, type Tags } from "@muster/model";
import type { TaggedProvider } from "@muster/plugin";
import { processAt } from "@muster/provider-process";

/** The number of the command, and when it began: a number alone is used again. */
const RUN = "muster.run";
/** It is in no stack, and its place has a number because a guest is told its group and place as its name. */
const STACK = "image-run";
const SLOT = "0";

/** What the running one is called: a machine is told the same. */
export function nameOfRun(image: string): string {
  return `${image}-${SLOT}`;
}

export function tagsOfRun(image: string): Tags {
  return {
    ...musterMarks.write({ stack: STACK, owner: image, slot: SLOT, revision: "run" }),
    [RUN]: `${process.pid} ${processAt(process.pid)?.start}`,
  };
}

/** Ends what was run by commands that live no more, and answers how many these were. */
export async function sweepRuns(provider: Pick<TaggedProvider, "list" | "destroy">): Promise<number> {
  const ctx = { signal: new AbortController().signal };
  const left: string[] = [];
  for await (const page of provider.list({}, ctx))
    left.push(...page.filter(({ tags }) => !isRun(tags[RUN])).map(({ id }) => id));
  await Promise.all(left.map((id) => provider.destroy(id, ctx)));
  return left.length;
}

function isRun(command: string | undefined): boolean {
  const [pid, start] = command?.split(" ") ?? [];
  return pid !== undefined && String(processAt(Number(pid))?.start) === start;
}
