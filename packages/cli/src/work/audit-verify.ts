import { MusterError, MusterErrors } from "@muster/model";
import { type Audit, auditChain, auditNewest, brokenHistory, type Checkpoint } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { plain } from "../print/paint.ts";
import { dateAndTime } from "../print/time.ts";
import { recordedStacks, withStore } from "./recorded.ts";

export interface VerifyFlags extends OutputFlags {
  readonly head?: string;
  readonly newest?: string;
}

/** Goes along every chain, also after a broken one. Throws `history.broken` for each that is, and `history.cut`. */
export async function verifyHistory(this: Cli, { output, head, newest }: VerifyFlags, stack?: string): Promise<void> {
  if (head !== undefined) confirmHash(head);
  const most = newest === undefined ? undefined : countOf(newest, head);
  const errors: MusterError[] = [];
  await withStore(this.env, async (store) => {
    const audits: Audit[] = [];
    for (const name of await recordedStacks(store, stack)) {
      const audit = most === undefined ? await auditChain(store, name, head) : await auditNewest(store, name, most);
      this.out.write(output === "json" ? `${JSON.stringify(viewOf(audit))}\n` : textOf(audit));
      audits.push(audit);
    }
    if (audits.length === 0 && output === "text") this.out.write("The history is empty.\n");
    errors.push(
      ...audits.flatMap(({ stack: name, broken }) => (broken === undefined ? [] : brokenHistory(name, broken))),
    );
    if (head !== undefined && audits.every(({ met }) => met === undefined)) errors.push(cut(head, stack, audits));
  });
  const [first, ...others] = errors;
  if (first !== undefined) throw others.length === 0 ? first : new MusterErrors([first, ...others]);
}

/** As `--output json` shows it, one a line. */
interface AuditView {
  readonly stack: string;
  readonly whole: boolean;
  /** How many events hold, and the last of them. */
  readonly events: number;
  readonly head: Audit["head"];
  /** What was dropped before them. */
  readonly dropped?: Pick<Checkpoint, "seq" | "hash" | "until" | "at" | "actor">;
  readonly broken?: Audit["broken"];
  /** Where the hash of `--head` was found. */
  readonly met?: Audit["met"];
}

function viewOf({ stack, events, head, checkpoint, broken, met }: Audit): AuditView {
  const { groups, stack: _, ...dropped } = checkpoint ?? {};
  return {
    ...{ stack, whole: broken === undefined, events, head },
    ...(checkpoint === undefined ? {} : { dropped: dropped as Omit<Checkpoint, "groups" | "stack"> }),
    ...(broken === undefined ? {} : { broken }),
    ...(met === undefined ? {} : { met }),
  };
}

function textOf({ stack, events, head, checkpoint, broken, met }: Audit): string {
  const many = events === 1 ? "1 event holds" : `${events} events hold`;
  const lines = [
    broken === undefined
      ? `${stack}  ${many}, the last is number ${head.seq}`
      : `${stack}  ${many}, number ${broken.seq} does not`,
    `    head ${head.hash}`,
    ...(checkpoint === undefined ? [] : [`    ${droppedText(checkpoint)}`]),
    ...(met === undefined ? [] : [`    the hash that was given is that of number ${met.seq}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function droppedText({ seq, at, actor }: Checkpoint): string {
  return `it begins after number ${seq}: what was before was dropped on ${dateAndTime(at)} by ${plain(actor)}`;
}

function cut(hash: string, stack: string | undefined, audits: readonly Audit[]): MusterError {
  const dropped = audits.some(({ checkpoint }) => checkpoint !== undefined);
  return new MusterError("history.cut", {
    of: stack === undefined ? "the history of any stack" : `the history of stack \`${stack}\``,
    hash,
    dropped: dropped ? ", unless it was among those that were dropped" : "",
  });
}

const MOST_NEWEST = 10_000;

/** Throws `usage.bad-value`. */
function countOf(text: string, head: string | undefined): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const isCount = count >= 1 && count <= MOST_NEWEST;
  if (isCount && head === undefined) return count;
  const detail = isCount ? "a hash is looked for in the whole history" : `\`${text}\` is no such number`;
  throw new MusterError("usage.bad-value", {
    ...{ what: "--newest", detail },
    wanted: `a number from 1 to ${MOST_NEWEST}, without \`--head\``,
  });
}

/** Throws `usage.bad-value`. */
function confirmHash(text: string): void {
  if (/^[0-9a-f]{64}$/.test(text)) return;
  const wanted = "the 64 hex digits that `muster audit verify` printed";
  throw new MusterError("usage.bad-value", { what: "--head", detail: `\`${text}\` is no hash`, wanted });
}
