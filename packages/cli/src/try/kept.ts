/** The members of a try that is kept, asked where no Muster keeps them: nobody heals what a person is looking into. */
import { grammar } from "@muster/declaration";
import {
  addressOfOwner,
  didYouMean,
  MusterError,
  musterMarks,
  nearest,
  type Observed,
  type Stack,
} from "@muster/model";
import { readSettings, settingsFor, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { builtinsOf } from "../builtins.ts";
import type { Cli, Environment } from "../cli.ts";
import { OUTSIDE } from "../work/host.ts";
import { placeOfTry } from "./place.ts";
import type { TryRecord } from "./record.ts";

export interface KeptMember {
  /** Group and place, as `web/0`; the address of a resource. */
  readonly name: string;
  /** The group, or what the mark of a resource says. */
  readonly owner: string;
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
  env: Environment,
  stack: Stack,
  use: (members: readonly KeptMember[]) => Promise<T>,
): Promise<T> {
  await using parts = new AsyncDisposableStack();
  const members: KeptMember[] = [];
  for (const { type, provider: entry } of waysTo(stack)) {
    const tagged = builtinsOf(env).types.find((each) => each.name === type);
    if (tagged?.known !== "tags") continue;
    const provider = parts.adopt(await opened(tagged, stack, entry), async (it) => it.close?.());
    const own = { "muster.stack": stack.name };
    for await (const page of provider.list(own, { signal: new AbortController().signal })) {
      members.push(...page.map((seen) => ({ ...placeOf(seen), type, seen, provider })));
    }
  }
  return await use(members.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

/** The same of a try that is kept: none where nothing is known of it any more. */
export async function withKept<T>(
  { env }: Cli,
  record: TryRecord,
  use: (members: readonly KeptMember[]) => Promise<T>,
): Promise<T> {
  const stack = readTryStack(record);
  if (stack === undefined) return use([]);
  return withMembers(placeOfTry(env, record.id, record.platform).env, stack, use);
}

/** Throws `try.nobody`, `try.no-member`, `try.which-member`. */
export function memberCalled(
  { id }: TryRecord,
  wanted: string | undefined,
  members: readonly KeptMember[],
  verb: string,
): KeptMember {
  if (members.length === 0) throw new MusterError("try.nobody", { id, verb });
  const known = members.map(({ name }) => name).join(", ");
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

function placeOf({ id, tags }: Observed): Pick<KeptMember, "name" | "owner"> {
  const mark = musterMarks.read(tags);
  if (mark === undefined) return { name: id, owner: "" };
  const { owner, slot } = mark;
  return { owner, name: addressOfOwner(owner) ?? (slot === undefined ? owner : `${owner}/${slot}`) };
}

function waysTo(stack: Stack): readonly { readonly type: string; readonly provider?: string }[] {
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
