/** What a type that has `logs` or `exec` is held to, whatever its things print and whatever can be run there. */
import type { Ctx, Provider } from "../contract.ts";
import { demand, type Statement, Unmet } from "./statement.ts";
import { demandFailure, type Subject } from "./subject.ts";
import { ctx } from "./things.ts";

/** An id that no provider hands out, and a command that no machine has. */
export const NOBODY = "conformance-nobody";
const NOTHING = "muster-conformance-no-such-command";

/** What ends later does not end. Milliseconds. */
const LATEST = 3_000;
/** A log that is more than this, in bytes, is no log of something that has just been made. */
export const MUCH = 64 * 1024 * 1024;

export function streamStatements(subject: Subject): readonly Statement[] {
  const { logs, exec } = subject.provider;
  return [...(logs ? logStatements(subject, logs) : []), ...(exec ? execStatements(subject, exec) : [])];
}

function logStatements({ things }: Subject, logs: NonNullable<Provider["logs"]>): readonly Statement[] {
  const read = async (id: string, follow: boolean, { signal }: Ctx) => {
    let size = 0;
    for await (const bytes of logs(id, { follow }, { signal })) {
      size += bytes.length;
      demand(size <= MUCH, `a log of at most ${MUCH} bytes`, "one that goes on");
    }
  };
  return [
    {
      says: "a log that is not followed comes to its end",
      next: "Send what was printed so far and end the stream: chunked, or with its length.",
      async check() {
        const { id } = await things.make();
        await within("the end of the log", read(id, false, ctx));
      },
    },
    {
      says: "a log that is followed is let go when nobody reads it any more",
      next: "Answer others while a log is followed, and stop when the client hangs up.",
      async check() {
        const { id } = await things.make();
        const over = new AbortController();
        const reading = read(id, true, { signal: over.signal });
        reading.catch(() => undefined);
        await things.see(id);
        over.abort();
        await within("an end", reading);
        await within("an answer to the next who asks", read(id, false, ctx));
      },
    },
    {
      says: "the log of what is not there is refused as `invalid`",
      next: "See that there is such a thing before the stream begins, and answer an error of the kind `invalid`.",
      check: () => demandFailure("invalid", () => read(NOBODY, false, ctx)),
    },
  ];
}

function execStatements({ things }: Subject, exec: NonNullable<Provider["exec"]>): readonly Statement[] {
  const run = async (id: string) => {
    const over = new AbortController();
    try {
      await exec(id, { command: [NOTHING] }, { signal: over.signal });
    } finally {
      over.abort();
    }
  };
  return [
    {
      says: "a command that there is not is refused as `invalid`",
      next: "Answer an error of the kind `invalid` before the stream begins, where the command cannot be started.",
      async check() {
        const { id } = await things.make();
        await demandFailure("invalid", () => run(id));
      },
    },
    {
      says: "a command in what is not there is refused as `invalid`",
      next: "See that there is such a thing, and that it runs, before anything is started.",
      check: () => demandFailure("invalid", () => run(NOBODY)),
    },
  ];
}

/** Throws `Unmet` where it has not come after so long, in milliseconds. */
export async function within<T>(expected: string, promise: Promise<T>, latest = LATEST): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Unmet(expected, `none within ${latest / 1000} s`)), latest);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
