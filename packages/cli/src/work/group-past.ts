/** How a group stood at a time, rebuilt from its history. */
import { isObject, type Json, MusterError } from "@muster/model";
import { type GroupName, type GroupPast, type MemberPast, recall, type Said, type Store } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { table } from "../print/table.ts";
import { dateAndTime } from "../print/time.ts";
import { recordedGroup, withStore } from "./recorded.ts";
import { pastTimeOf } from "./times.ts";

/** Throws `history.no-group`, `history.too-early`, `history.dropped`. */
export async function describePast(
  { env, out }: Cli,
  output: OutputFlags["output"],
  wanted: string,
  time: string,
): Promise<void> {
  const at = pastTimeOf("--at", time, Date.now());
  const past = await withStore(env, async (store) => {
    const name = await recordedGroup(store, wanted, undefined);
    return (await recall(store, name, at)) ?? Promise.reject(await tooEarly(store, name, at));
  });
  out.write(output === "json" ? `${JSON.stringify({ at, ...past })}\n` : described(past, at));
}

async function tooEarly(store: Store, { stack, group }: GroupName, at: number): Promise<MusterError> {
  const [first] = await store.events({ stack, group, limit: 1 });
  const begins = first === undefined ? "-" : dateAndTime(first.event.at);
  return new MusterError("history.too-early", { group, at: dateAndTime(at), begins });
}

/** Two tables: the group, and its members. */
function described(past: GroupPast, at: number): string {
  const members = past.members.toSorted(bySlot).map(row);
  return [
    table(facts(past, at)),
    members.length === 0
      ? "No members.\n"
      : table([["MEMBER", "SLOT", "STATE", "SINCE", "REVISION", "REASON"], ...members]),
  ].join("\n");
}

function facts(past: GroupPast, at: number): readonly (readonly string[])[] {
  const { stack, group, declared, ended, steered, standing, rollout } = past;
  const news = { ended, steered, standing, rollout };
  return [
    ["group", group],
    ["stack", stack],
    ["at", dateAndTime(at)],
    ...(declared === undefined ? [] : [["declared", `${dateAndTime(declared.at)}, ${plain(declared.actor)}`]]),
    ...declaredFacts(declared?.after),
    ...Object.entries(news).flatMap(([name, said]) => (said === undefined ? [] : [[name, saidText(said)]])),
  ];
}

/** As the commit of a group writes it down: its size or members, its type and its flavor. */
function declaredFacts(after: Json | undefined): readonly (readonly string[])[] {
  if (!isObject(after)) return [];
  const { size, members, template, flavor } = after;
  return [
    ...(isObject(template) ? [["type", plain(Object.keys(template).join(", "))]] : []),
    ...(isObject(flavor) ? [["flavor", plain(Object.keys(flavor).join(", "))]] : []),
    ...(typeof size === "number" ? [["size", String(size)]] : []),
    ...(Array.isArray(members) ? [["members", plain(members.join(", "))]] : []),
  ];
}

function saidText({ message, at, actor }: Said): string {
  return `${plain(message)} (${dateAndTime(at)}, ${plain(actor)})`;
}

function bySlot(a: MemberPast, b: MemberPast): number {
  return (a.slot ?? "").localeCompare(b.slot ?? "", "en", { numeric: true }) || a.since - b.since;
}

function row({ id, slot, revision, since, unhealthy }: MemberPast): readonly string[] {
  return [
    plain(id),
    plain(slot || "-"),
    unhealthy === undefined ? "there" : "unhealthy",
    dateAndTime(since),
    plain(revision ?? "-"),
    unhealthy === undefined ? "" : plain(`${unhealthy.message} (${dateAndTime(unhealthy.at)})`),
  ];
}
