/** The members of a try that is kept, asked where no Muster keeps them: nobody heals what a person is looking into. */
import { grammar } from "@muster/declaration";
import { didYouMean, MusterError, musterMarks, nearest, type Observed, type Stack } from "@muster/model";
import { readSettings, settingsFor, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import { OUTSIDE } from "../work/host.ts";
import { placeOfTry } from "./place.ts";
import type { TryRecord } from "./record.ts";

export interface KeptMember {
  /** Group and place, as `web/0`; the address of a resource. */
  readonly name: string;
  readonly type: string;
  readonly seen: Observed;
  readonly provider: TaggedProvider;
}

/** What the copy declares; undefined where nothing is known of it any more. */
export function readTryStack({ document }: TryRecord): Stack | undefined {
  return document === undefined ? undefined : grammar.stackOf(document);
}

/**
 * Calls `use` with all that is there of the copy and bears its marks. Types of plugins are left out: those are asked by a
 * Muster.
 */
export async function withMembers<T>(
  cli: Cli,
  record: TryRecord,
  use: (members: readonly KeptMember[]) => Promise<T>,
): Promise<T> {
  const { env } = placeOfTry(cli.env, record.id, record.platform);
  const stack = readTryStack(record);
  await using parts = new AsyncDisposableStack();
  const members: KeptMember[] = [];
  for (const { type, provider: entry } of waysTo(stack)) {
    const tagged = builtinsOf(env).types.find((each) => each.name === type);
    if (stack === undefined || tagged?.known !== "tags") continue;
    const provider = parts.adopt(await opened(tagged, stack, entry), async (it) => it.close?.());
    for await (const page of provider.list({ "muster.stack": stack.name }, { signal: new AbortController().signal })) {
      members.push(...page.map((seen) => ({ name: nameOf(seen), type, seen, provider })));
    }
  }
  return await use(members.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

/** Throws `try.no-member`, `try.which-member`. */
export function memberCalled(
  { id }: TryRecord,
  wanted: string | undefined,
  members: readonly KeptMember[],
  verb: string,
): KeptMember {
  const known = members.map(({ name }) => name).join(", ") || "none";
  const [only, other] = wanted === undefined ? members : members.filter((each) => isCalled(each, wanted));
  if (only !== undefined && other === undefined) return only;
  if (only !== undefined) throw new MusterError("try.which-member", { id, known });
  const near =
    wanted === undefined
      ? undefined
      : nearest(
          wanted,
          members.map(({ name }) => name),
        );
  throw new MusterError("try.no-member", { id, member: wanted ?? "", verb, nearest: didYouMean(near), known });
}

function isCalled({ name, seen }: KeptMember, wanted: string): boolean {
  return name === wanted || seen.id === wanted || name.split("/")[0] === wanted;
}

function nameOf({ id, tags }: Observed): string {
  const mark = musterMarks.read(tags);
  if (mark === undefined) return id;
  return mark.slot === undefined ? mark.owner.replace(/^resource:/, "") : `${mark.owner}/${mark.slot}`;
}

function waysTo(stack: Stack | undefined): readonly { readonly type: string; readonly provider?: string }[] {
  if (stack === undefined) return [];
  const all = [
    ...Object.values(stack.groups).map(({ template }) => ({ type: template.name })),
    ...Object.values(stack.resources).map(({ type, provider }) => ({
      type,
      ...(provider === undefined ? {} : { provider }),
    })),
  ];
  return [...new Map(all.map((way) => [JSON.stringify(way), way])).values()];
}

async function opened(type: TaggedType, { providers }: Stack, entry: string | undefined): Promise<TaggedProvider> {
  const settings = readSettings(type.name, type.settings, settingsFor(type, providers, {}, entry));
  return type.openToLook === undefined ? type.open(settings, OUTSIDE.io) : type.openToLook(settings, OUTSIDE.io);
}
