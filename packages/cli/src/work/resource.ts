import type { Inspector, Thing, Wish } from "@muster/daemon";
import { entriesText, resourcesOf } from "@muster/declaration";
import { type Consent, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import type { EntryFlags, SetFlags } from "../commands/flags.ts";
import { wishText } from "../print/wish-text.ts";
import { confirm } from "./confirm.ts";
import { declarable, entriesOf } from "./entries.ts";
import { inspecting } from "./inspect.ts";

export interface ResourceFlags extends EntryFlags, SetFlags {
  readonly all: boolean;
  readonly unmanaged: boolean;
  readonly allow?: Consent;
  readonly yes: boolean;
}

/** @param words a type, perhaps a name, perhaps what is to be set */
export async function queryOrSet(this: Cli, flags: ResourceFlags, ...words: readonly string[]): Promise<void> {
  const { type, name, settings } = askedFor(words);
  await inspecting(this, flags, async (inspector) => {
    if (name !== undefined && settings.length > 0) await set(this, flags, inspector, type, name, settings);
    else this.out.write(await shown(flags, inspector, type, name));
  });
}

interface Asked {
  readonly type: string;
  readonly name: string | undefined;
  readonly settings: readonly (readonly [string, string])[];
}

const SETTING = /^(?<property>[A-Za-z_][\w-]*)=(?<value>.*)$/s;

function askedFor([type = "", ...others]: readonly string[]): Asked {
  const [second, ...rest] = others;
  const name = second === undefined || SETTING.test(second) ? undefined : second;
  const settings = (name === undefined ? others : rest).map((word) => {
    const { property, value } = SETTING.exec(word)?.groups ?? {};
    if (property !== undefined && value !== undefined) return [property, value] as const;
    throw new MusterError("usage.bad-value", { what: word, detail: "it sets nothing", wanted: "`property=value`" });
  });
  if (name !== undefined || settings.length === 0) return { type, name, settings };
  const detail = `whose ${settings.map(([property]) => `\`${property}\``).join(", ")} is to be set is not said`;
  throw new MusterError("usage.missing-argument", { detail, help: "muster resource --help" });
}

async function shown(flags: ResourceFlags, inspector: Inspector, type: string, name?: string): Promise<string> {
  const { things } = inspector;
  const all = name === undefined ? await things.list(type) : [await things.show(type, name)];
  const found = flags.unmanaged ? all.filter(({ owner }) => owner === undefined) : all;
  const { naming } = inspector.explain(type);
  const byId = name !== undefined && found.some((thing) => thing.name !== name);
  const entries = await declarable(entriesOf(found, naming, { all: flags.all, byId }), inspector);
  if (flags.output === "json" && flags.all) return `${JSON.stringify(everything(entries, found), undefined, 2)}\n`;
  if (entries.length > 0 || flags.output === "json") return entriesText(entries, flags.output);
  const mark = flags.output === "yaml" ? "#" : "//";
  return `${mark} no ${type}${flags.unmanaged && all.length > 0 ? " that is not managed" : ""}\n`;
}

/** The entries, and beside them what a program may want to know of the things. */
function everything(entries: ReturnType<typeof entriesOf>, things: readonly Thing[]) {
  return { resources: resourcesOf(entries), things };
}

async function set(
  cli: Cli,
  flags: ResourceFlags,
  { things }: Inspector,
  type: string,
  name: string,
  settings: Asked["settings"],
): Promise<void> {
  const wish = wishOf(name, settings, flags);
  const weighed = await things.weigh(type, wish);
  if (weighed.effect !== "none" && !flags.yes) {
    // Results are on standard output; what is asked is none.
    cli.err.write(wishText(weighed, cli.err, "would"));
    if (!(await confirm(cli, "muster resource", "Do this?"))) return;
  }
  const id = await things.set(type, wish, weighed);
  const done = { ...weighed, id };
  cli.out.write(flags.output === "json" ? `${JSON.stringify(done)}\n` : wishText(done, cli.out));
}

/** `ensure` is Muster's word, and no property. */
function wishOf(name: string, settings: Asked["settings"], { allow }: ResourceFlags): Wish {
  const { ensure = "present", ...properties } = Object.fromEntries(settings);
  if (ensure !== "present" && ensure !== "absent") {
    const words = { what: "ensure", detail: `\`${ensure}\` is neither`, wanted: "`present` or `absent`" };
    throw new MusterError("usage.bad-value", words);
  }
  const [first] = Object.keys(properties);
  if (ensure === "absent" && first !== undefined) {
    const detail = `what is to be gone has no \`${first}\``;
    throw new MusterError("usage.bad-value", { what: "ensure=absent", detail, wanted: "one or the other" });
  }
  return { name, ensure, properties, allow: allow === undefined ? [] : [allow] };
}
