/** Whole lines of several members, each behind the name of whose it is. */
import type { MemberStatus } from "@muster/model";
import type { Printer } from "../cli.ts";
import { type Color, paint, plain, plainLines } from "./paint.ts";

export interface MemberLines {
  /** Names that are going to come, so that all are equally wide from the first line on. */
  expect(members: readonly Named[]): void;
  of(member: Named): LinePrinter;
}

type Named = Pick<MemberStatus, "id" | "slot">;

export interface LinePrinter {
  /** Prints the lines that are whole. Resolves when there is room for more. */
  print(bytes: Uint8Array): Promise<void>;
  /** Prints what is left, as a line of its own. */
  end(): Promise<void>;
}

const COLORS: readonly Color[] = ["cyan", "magenta", "green", "yellow", "blue"];
/** A line is cut when it is longer, in bytes: nobody else would come to speak. */
const LONGEST = 64 * 1024;
const NEWLINE = 0x0a;

/** @param group how the group is called in their names */
export function memberLines(out: Pick<Printer, "send" | "isTerminal" | "colors">, group: string): MemberLines {
  let width = 0;
  const widen = (member: Named): void => {
    width = Math.max(width, nameOf(group, member).length);
  };

  function textOf(line: Uint8Array, member: Named): Uint8Array {
    const name = paint(out, colorOf(member), nameOf(group, member).padEnd(width));
    const shown = out.isTerminal ? Buffer.from(plainLines(Buffer.from(line).toString("utf8"))) : line;
    return Buffer.concat([Buffer.from(`${name}  `), shown, Buffer.from("\n")]);
  }

  return {
    expect: (members) => members.forEach(widen),
    of(member) {
      widen(member);
      let rest: Uint8Array = new Uint8Array(0);
      const send = (lines: readonly Uint8Array[]) =>
        lines.length === 0 ? Promise.resolve() : out.send(Buffer.concat(lines.map((line) => textOf(line, member))));
      return {
        print(bytes) {
          const { whole, left } = linesIn(Buffer.concat([rest, bytes]));
          rest = left;
          return send(whole);
        },
        end: () => send(rest.length === 0 ? [] : [rest]),
      };
    },
  };
}

function linesIn(bytes: Uint8Array): { readonly whole: readonly Uint8Array[]; readonly left: Uint8Array } {
  const whole: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const found = bytes.indexOf(NEWLINE, from);
    const isLong = (found < 0 ? bytes.length : found) - from > LONGEST;
    if (found < 0 && !isLong) break;
    const end = isLong ? from + LONGEST : found;
    whole.push(bytes.subarray(from, end));
    from = isLong ? end : end + 1;
  }
  return { whole, left: bytes.subarray(from) };
}

/** The place that it fills, as its successor will; InfraKit's members have none. */
function nameOf(group: string, { id, slot }: Named): string {
  return plain(slot === "" ? (id ?? group) : `${group}/${slot}`);
}

/** The same for whoever fills the same place. */
function colorOf({ id, slot }: Named): Color {
  const name = slot || id || "";
  const number = /^\d{1,9}$/.test(name)
    ? Number(name)
    : [...name].reduce((sum, each) => sum + (each.codePointAt(0) ?? 0), 0);
  return COLORS[number % COLORS.length] ?? "cyan";
}
