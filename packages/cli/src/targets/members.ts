/** Members of groups as targets, asked through the Muster that keeps them. */
import { type Begun, begunTarget, nobodyIn, type Surroundings, type Target, targetOf } from "@muster/checks";
import type { ExecFrame } from "@muster/daemon";
import { didYouMean, type MemberStatus, MusterError, nearest } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { findGroup } from "../client/holders.ts";

/** The members of a group, or one of them. */
export interface NamedMembers {
  /** As `STACK/GROUP`. */
  readonly group: string;
  readonly slot: string | undefined;
}

/** Throws `target.no-members`, `instance.unknown`, and what finding the group throws. */
export async function memberTargets(
  cli: Cli,
  { group, slot }: NamedMembers,
  surroundings: Surroundings,
): Promise<readonly Target[]> {
  const { api, view } = await findGroup(cli.env, group);
  const { members, type, whom } = await api.group(view.stack, view.name);
  const places = [...new Set(members.map(placeOf))];
  if (places.length === 0) throw new MusterError("target.no-members", { group });
  if (slot !== undefined && !places.includes(slot)) {
    const words = { instance: `${group}/${slot}`, nearest: didYouMean(nearest(slot, places)) };
    throw new MusterError("instance.unknown", words);
  }
  return (slot === undefined ? places : [slot]).map((place) => {
    const name = `${group}/${place}`;
    if (whom === "this machine") return { ...targetOf({ kind: whom }, surroundings), name };
    if (whom === "nobody") return { ...targetOf(nobodyIn(type), surroundings), name };
    return begunTarget(name, surroundings.boundary, async ({ command, input }, signal) => {
      const id = await idAt(api, view, place);
      const asked = { actor: cli.user(), command };
      return begunIn(api.exec({ stack: view.stack, group: view.name, id }, asked, input, signal));
    });
  });
}

/** One that has no place in its group is called by its id. */
function placeOf({ slot, id = "" }: MemberStatus): string {
  return slot === "" ? id : slot;
}

/** Looked up each time: who was there when it was last asked may have been replaced. */
async function idAt(
  api: Api,
  { stack, name }: { readonly stack: string; readonly name: string },
  place: string,
): Promise<string> {
  const { members } = await api.group(stack, name);
  const id = members.find((member) => placeOf(member) === place && member.id !== undefined)?.id;
  if (id === undefined) throw new Error("nobody is there at the moment");
  return id;
}

function begunIn(frames: AsyncIterable<ExecFrame>): Begun {
  const { promise: ended, resolve, reject } = Promise.withResolvers<Awaited<Begun["ended"]>>();
  async function* output(): Begun["output"] {
    for await (const frame of frames) {
      if ("out" in frame) yield { stream: "out", bytes: Buffer.from(frame.out, "base64") };
      else if ("err" in frame) yield { stream: "err", bytes: Buffer.from(frame.err, "base64") };
      else if ("end" in frame) resolve(frame.end);
    }
    reject(new Error("it was not told how the command ended"));
  }
  return { output: output(), ended };
}
