/** What was declared of each group, from when to when: found from what was written down, with what a revert goes back to. */
import type { Declaration, Steering } from "@muster/store";
import { type GroupText, type Mode, modeOf, sameVersion, textOf } from "./grammar.ts";
import { type Promised, promisedBy } from "./promise.ts";

/** What was declared of one group, from a time on. */
export interface Wanted {
  readonly since: number;
  readonly generation: number;
  readonly text: GroupText;
  readonly steering: Steering | undefined;
  readonly mode: Mode;
  readonly promised: Promised;
  /** What a revert goes back to, as it is written down. */
  readonly former: GroupText | undefined;
  /** The former version is kept in the place of the declared one: a person wants it, or the declared one has failed. */
  readonly reverted: "no" | "by hand" | "by failure";
  /** What the members are to be: the declared version, or the former one. */
  readonly aim: GroupText;
}

export interface WantedGroups {
  /** @param declaration null where nothing is declared any more */
  declare(declaration: Declaration | null, since: number): void;
  /** A rollout failed, and the policy says that the former version is taken up again. */
  revert(group: string, since: number): void;
  /** The groups that are declared now. */
  names(): readonly string[];
  /** What is in force; undefined where the group is not declared. */
  now(group: string): Wanted | undefined;
  /** What was in force last, also of a group that is declared no more. */
  last(group: string): Wanted | undefined;
  /** What was in force at some time since then; the newest last. Empty: the group was not declared. */
  since(group: string, time: number): readonly Wanted[];
}

export function noneWanted(local: boolean): WantedGroups {
  const wanted = new Map<string, readonly Wanted[]>();
  let names: readonly string[] = [];

  function last(group: string): Wanted | undefined {
    return wanted.get(group)?.at(-1);
  }

  function add(group: string, next: Unaimed, failed: boolean): void {
    wanted.set(group, [...(wanted.get(group) ?? []), aimed(next, failed)]);
  }

  return {
    declare(declaration, since) {
      names = declaration === null ? [] : Object.keys(textOf(declaration.document));
      if (declaration === null) return;
      const { generation, steering: steered, document } = declaration;
      const mode = modeOf(document);
      for (const [group, text] of Object.entries(textOf(document))) {
        const steering = steered[group];
        const earlier = declaration.former[group];
        const former = earlier && textOf(earlier)[group];
        const next = { since, generation, text, steering, mode, former, promised: promisedBy(text, local) };
        add(group, next, isStillReverted(last(group), next));
      }
    },
    revert(group, since) {
      const before = last(group);
      if (before !== undefined) add(group, { ...before, since }, true);
    },
    names: () => names,
    now: (group) => (names.includes(group) ? last(group) : undefined),
    last,
    since(group, time) {
      const all = wanted.get(group) ?? [];
      return all.filter((_, index) => (all[index + 1]?.since ?? Number.POSITIVE_INFINITY) >= time);
    },
  };
}

type Unaimed = Omit<Wanted, "reverted" | "aim">;

/** @param failed the declared version has failed, and nobody has asked for it again since */
function aimed(wanted: Unaimed, failed: boolean): Wanted {
  const { text, former, steering } = wanted;
  const reverted = failed ? "by failure" : steering?.reverted === true ? "by hand" : "no";
  if (reverted === "no" || former === undefined) return { ...wanted, reverted: "no", aim: text };
  const { image, note, flavor } = former;
  return { ...wanted, reverted, aim: { ...text, image, note, flavor } };
}

function isStillReverted(before: Wanted | undefined, now: Unaimed): boolean {
  if (before?.reverted !== "by failure" || !sameVersion(before.text, now.text)) return false;
  return (now.steering?.retriedIn ?? 0) <= (before.steering?.retriedIn ?? 0);
}
