/** Everything that files say is asked, once or until it holds, and told as one report for each of them and for all. */
import {
  type Check,
  countsOf,
  type MoreKinds,
  type Report,
  type Result,
  type Surroundings,
  type Target,
  type Verifying,
  verify,
} from "@muster/checks";
import type { CheckToAsk } from "@muster/daemon";
import { rest } from "../work/rest.ts";
import { askEach } from "./ask-each.ts";
import { isMeant, noneMeant, type Part } from "./parts.ts";

export interface Asking {
  /** Whom checks are asked of that are of nobody in particular. */
  readonly targets: readonly Target[];
  readonly surroundings: Surroundings;
  readonly kinds: MoreKinds;
  readonly timeoutMs: number;
  readonly retryForMs: number;
  readonly only: readonly string[];
  /** Nothing is left out that could be asked: only of that a report is kept. */
  readonly isWhole: boolean;
}

export interface Asked {
  readonly whole: Report;
  /** By subject, in the order of the parts. */
  readonly parts: readonly { readonly subject: string; readonly report: Report }[];
}

/**
 * Throws `usage.bad-value` where `--only` means nothing, and what is wrong with a declaration.
 *
 * @param again hears what came of each round that is not the last
 */
export async function askParts(
  parts: readonly Part[],
  asking: Asking,
  signal: AbortSignal,
  again: Verifying["again"] = () => undefined,
): Promise<Asked> {
  const { targets, kinds, timeoutMs, retryForMs, only } = asking;
  const meant = isMeant(only);
  const checks = parts.map((part) => part.checks.filter(meant));
  const derives = parts.some(({ derived }) => derived !== undefined);
  if (!derives && checks.flat().length === 0) throw noneMeant(only);
  const told = new Map<Check, readonly Result[]>();
  let beside: ReadonlyMap<string, readonly Result[]> = new Map();
  const how = { targets, timeoutMs, kinds, now: Date.now };
  const whole = await verify(checks.flat(), {
    ...{ ...how, retryForMs, signal, again },
    hear: (check, results) => void told.set(check, results),
    async beside(over) {
      const askThose = (bound: readonly CheckToAsk[], until: AbortSignal) =>
        askEach(
          bound.filter(({ check }) => meant(check)),
          { ...how, surroundings: asking.surroundings, signal: until },
        );
      const all = parts.map(async ({ subject, derived }) => {
        const results = (await derived?.(askThose, over)) ?? [];
        return [subject, results.filter(meant)] as const;
      });
      beside = new Map(await Promise.all(all));
      return [...beside.values()].flat();
    },
    pause: rest,
  });
  if (whole.results.length === 0) throw noneMeant(only);
  return {
    whole,
    parts: parts.map(({ subject }, at) => {
      const own = (checks[at] ?? []).flatMap((check) => told.get(check) ?? []);
      const results = [...own, ...(beside.get(subject) ?? [])];
      return { subject, report: { ...whole, results, counts: countsOf(results) } };
    }),
  };
}
