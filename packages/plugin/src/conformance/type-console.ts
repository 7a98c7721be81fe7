/** What a type that has a console is held to, whatever its things show there. */
import type { ConsoleAsked, Ctx, Provider } from "../contract.ts";
import { demand, type Statement } from "./statement.ts";
import { demandFailure, type Subject } from "./subject.ts";
import { ctx } from "./things.ts";
import { MUCH, NOBODY, within } from "./type-streams.ts";

export function consoleStatements({ things, provider }: Subject): readonly Statement[] {
  const { console, logs } = provider;
  if (console === undefined) return [];
  const shown = (id: string, asked: ConsoleAsked, { signal }: Ctx) => whole(console(id, asked, { signal }));
  return [
    {
      says: "a console that is not followed shows what the log shows, and comes to its end",
      next: "Send what was shown so far, and of that no less than `logs` gives, and end the stream.",
      async check() {
        const { id } = await things.make();
        const printed = await within("the end of the log", logged(logs, id));
        const seen = await within("the end of what was shown", shown(id, { follow: false }, ctx));
        demand(seen.includes(printed), `what the log shows: ${quoted(printed)}`, quoted(seen));
      },
    },
    {
      says: "a console that is followed is let go when nobody looks at it any more",
      next: "Answer others while a console is followed, and stop when the client hangs up.",
      async check() {
        const { id } = await things.make();
        const over = new AbortController();
        const looking = shown(id, { follow: true }, { signal: over.signal });
        looking.catch(() => undefined);
        await things.see(id);
        over.abort();
        await within("an end", looking);
        await within("an answer to the next who asks", shown(id, { follow: false }, ctx));
      },
    },
    {
      says: "a console that is not followed ends when what was given to it has been typed",
      next: "Take the input to its end, also where nobody listens to it, and then end the stream.",
      async check() {
        const { id } = await things.make();
        await within("the end of what was shown", shown(id, { follow: false, input: aKey() }, ctx));
      },
    },
    {
      says: "the console of what is not there is refused as `invalid`",
      next: "See that there is such a thing before the stream begins, and answer an error of the kind `invalid`.",
      async check() {
        await demandFailure("invalid", () => shown(NOBODY, { follow: false }, ctx));
        await demandFailure("invalid", () => shown(NOBODY, { follow: false, input: aKey() }, ctx));
      },
    },
  ];
}

async function logged(logs: Provider["logs"], id: string): Promise<Buffer> {
  return logs === undefined ? Buffer.alloc(0) : whole(logs(id, { follow: false }, ctx));
}

/** Throws `Unmet` where it goes on beyond all measure. */
export async function whole(pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<Buffer> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of pieces) {
    size += bytes.length;
    demand(size <= MUCH, `at most ${MUCH} bytes`, "more than that");
    all.push(bytes);
  }
  return Buffer.concat(all);
}

async function* aKey(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from("\r");
}

function quoted(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, QUOTED).toString());
}

const QUOTED = 200;
