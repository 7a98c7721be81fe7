/** What a file is to be, as its groups stand at one moment. */
import { type Cause, type FrontFile, type JsonObject, referencesOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { revisionOf } from "./claims.ts";
import { fill, nameOf } from "./fill.ts";
import { type Offered, offeredBy, type Standing } from "./offered.ts";

/** Members by key (`keyOf`), as a person calls them. */
export type Named = ReadonlyMap<string, string>;

export interface Drawn {
  readonly want: JsonObject & { readonly path: string; readonly content: string };
  readonly revision: string;
  readonly members: Named;
  /** Why the members of its groups come and go. */
  readonly cause: Cause;
}

/** `unseen`: nobody has looked yet. `unkept`: it is not declared any more. */
export type StandingOf = (group: string) => Standing | "unseen" | "unkept";

export function groupsOf({ content }: FrontFile): readonly string[] {
  return [...new Set(referencesOf(content).map(({ group }) => group))];
}

/** Undefined while a group has not been looked at. Throws `invalid`, and `retryable` where a group is not kept any more. */
export function draw(file: FrontFile, standingOf: StandingOf): Drawn | undefined {
  const offered = new Map<string, readonly Offered[]>();
  const members = new Map<string, string>();
  let cause: Cause = "corrective";
  for (const group of groupsOf(file)) {
    const standing = standingOf(group);
    if (standing === "unseen") return undefined;
    if (standing === "unkept") {
      throw new ProviderError("retryable", `group ${group} is not kept any more: the file stays as it is`);
    }
    const all = offeredBy(standing.members);
    offered.set(group, all);
    for (const member of all) members.set(keyOf(group, member.id), nameOf(group, member));
    if (standing.cause === "intentional") cause = "intentional";
  }
  const content = fill(file.content, offered);
  const { path, mode, owner, group } = file;
  const attributes = Object.entries({ mode, owner, group }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { want: { path, content, ...Object.fromEntries(attributes) }, revision: revisionOf(content), members, cause };
}

export function keyOf(group: string, id: string): string {
  return JSON.stringify([group, id]);
}
