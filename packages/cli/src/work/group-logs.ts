/** What all members of a group print, line by line, with members that come and go. */
import { type MemberStatus, MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { findGroup, type KeptGroup } from "../client/holders.ts";
import type { LogFlags } from "../commands/flags.ts";
import { errorsOf, errorText } from "../print/errors.ts";
import { type MemberLines, memberLines } from "../print/member-lines.ts";
import { listenForEnd } from "./ending.ts";
import { queryOf } from "./instance-logs.ts";
import { rest } from "./rest.ts";

/** So often it is looked whether somebody has come, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

export async function showGroupLogs(this: Cli, flags: LogFlags, wanted: string): Promise<void> {
  const query = queryOf(flags);
  const kept = await findGroup(this.env, wanted);
  const ending = listenForEnd();
  const over = AbortSignal.any([ending.asked, this.out.closed]);
  const lines = memberLines(this.out, kept.view.name);
  const failures: unknown[] = [];
  const running = new Map<string, Promise<void>>();

  function read(members: readonly MemberStatus[], lines: Reading["lines"], asked: Reading["query"]): void {
    for (const member of members) {
      const { id } = member;
      // One that is only being made is there in a moment.
      if (id === undefined || running.has(id)) continue;
      running.set(id, readOne(kept, { id, member, lines, query: asked }, over).catch(fail));
    }
  }

  const fail = (thrown: unknown): void => {
    // Of a member that has gone meanwhile there is nothing to tell.
    if (thrown instanceof MusterError && thrown.code === "instance.not-found") return;
    failures.push(thrown);
    if (flags.follow)
      this.err.write(
        errorsOf(thrown)
          .map((error) => errorText(error, this.err))
          .join(""),
      );
  };

  try {
    const members = await membersOf(kept);
    lines.expect(members);
    read(members, lines, query);
    const { lines: _, ...all } = query;
    while (flags.follow && !over.aborted) {
      await rest(LOOK_EVERY_MS, over);
      if (!over.aborted) read(await membersOf(kept), lines, all);
    }
    await Promise.all(running.values());
    if (failures.length > 0 && !flags.follow) throw failures[0];
  } finally {
    ending.forget();
  }
}

async function membersOf({ api, view }: KeptGroup): Promise<readonly MemberStatus[]> {
  return (await api.group(view.stack, view.name)).members;
}

interface Reading {
  readonly id: string;
  readonly member: MemberStatus;
  readonly lines: MemberLines;
  readonly query: ReturnType<typeof queryOf>;
}

async function readOne(
  { api, view }: KeptGroup,
  { id, member, lines, query }: Reading,
  over: AbortSignal,
): Promise<void> {
  const printer = lines.of(member);
  try {
    const place = { stack: view.stack, group: view.name, id };
    for await (const bytes of api.logs(place, query, over)) await printer.print(bytes);
  } finally {
    await printer.end();
  }
}
