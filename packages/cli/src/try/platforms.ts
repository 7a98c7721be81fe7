/** Which copies of a stack are tried: one for each platform, and for each value that was given at the command line. */
import type { TryDeclaration } from "@muster/declaration";
import { didYouMean, type JsonObject, MusterError, nearest } from "@muster/model";
import { changeIn } from "./changed.ts";

export interface Platform {
  /** Empty where there is only one. */
  readonly name: string;
  /** Over what is declared, one after the other. */
  readonly changes: readonly JsonObject[];
}

/** More copies than this are taken for a slip of the hand. */
const MOST = 100;

/**
 * @param only the platforms that are meant; empty: all
 * @param given what `--with` says: several values of one place are a copy for each
 */
export function platformsOf(
  { change, platforms }: TryDeclaration,
  only: readonly string[],
  given: readonly string[],
): readonly Platform[] {
  const unknown = only.find((name) => !Object.hasOwn(platforms, name));
  if (unknown !== undefined) {
    const names = Object.keys(platforms);
    const detail = `there is no platform \`${unknown}\`${didYouMean(nearest(unknown, names))}`;
    const wanted = names.length === 0 ? "none: the stack names no platforms" : `one of ${names.join(", ")}`;
    throw new MusterError("usage.bad-value", { what: "--platform", detail, wanted });
  }
  const declared = Object.entries(platforms).filter(([name]) => only.length === 0 || only.includes(name));
  let all: readonly Platform[] =
    declared.length === 0
      ? [{ name: "", changes: [change] }]
      : declared.map(([name, each]) => ({ name, changes: [change, each] }));
  for (const values of Map.groupBy(given.map(changeIn), ({ path }) => path).values()) {
    all = all.flatMap((platform) => values.map((value) => both(platform, value, values.length > 1)));
    if (all.length > MOST) {
      const words = { what: "--with", detail: `that makes more than ${MOST} copies`, wanted: "fewer values" };
      throw new MusterError("usage.bad-value", words);
    }
  }
  return all;
}

/** Only what tells copies apart is in their names. */
function both(
  { name, changes }: Platform,
  { path, change, value }: ReturnType<typeof changeIn>,
  tells: boolean,
): Platform {
  const last = /[^.[\]"]+(?="?\]?$)/.exec(path)?.[0] ?? path;
  const words = [...(name === "" ? [] : [name]), ...(tells ? [`${last}=${value}`] : [])];
  return { name: words.join(" "), changes: [...changes, change] };
}
