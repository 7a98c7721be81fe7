/** `muster try login` and `logs`: members of a try that is kept. */
import { EXIT, MusterError } from "@muster/model";
import { asProviderError } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import type { LogFlags } from "../commands/flags.ts";
import { bytesOn } from "../print/bytes.ts";
import { type KeptMember, memberCalled, withKept } from "../try/kept.ts";
import { recordCalled } from "../try/record.ts";
import { listenForEnd } from "./ending.ts";
import { codeOf } from "./instance-exec.ts";
import { queryOf } from "./instance-logs.ts";

export async function loginToTry(this: Cli, _: object, wanted = "", ...words: readonly string[]): Promise<void> {
  const record = recordCalled(this.env, wanted);
  const ending = listenForEnd();
  const done = new AbortController();
  const [out, err] = [bytesOn(this.out), bytesOn(this.err)];
  try {
    await withKept(this, record, async (members) => {
      const asked = members.filter(({ provider }) => provider.exec !== undefined);
      const names = [...new Set(asked.map(({ name }) => name))];
      // Whose first word is no member means the only one.
      const isNamed = words[0] !== undefined && (asked.length !== 1 || names.includes(words[0]));
      const member = memberCalled(record, isNamed ? words[0] : undefined, asked, "login");
      const [program = "sh", ...others] = isNamed ? words.slice(1) : words;
      const signal = AbortSignal.any([ending.asked, this.out.closed]);
      this.process.exitCode = EXIT.interrupted;
      const command = { command: [program, ...others], input: this.input(done.signal) } as const;
      const run = await told(member, "exec", async () => member.provider.exec?.(member.seen.id, command, { signal }));
      if (run === undefined) return;
      await told(member, "exec", async () => {
        for await (const { stream, bytes } of run.output) await (stream === "out" ? out : err).print(bytes);
        this.process.exitCode = codeOf(await run.ended);
      });
    });
  } finally {
    done.abort();
    out.end();
    err.end();
    ending.forget();
  }
}

export async function showTryLogs(this: Cli, flags: LogFlags, wanted: string, name?: string): Promise<void> {
  const { lines, follow } = queryOf(flags);
  const record = recordCalled(this.env, wanted);
  const ending = listenForEnd();
  const printer = bytesOn(this.out);
  try {
    await withKept(this, record, async (members) => {
      const asked = members.filter(({ provider }) => provider.logs !== undefined);
      const isOne = name !== undefined || asked.length < 2 || follow !== undefined;
      const shown = isOne ? [memberCalled(record, name, asked, "logs")] : asked;
      const signal = AbortSignal.any([ending.asked, this.out.closed]);
      const query = { follow: follow !== undefined, ...(lines === undefined ? {} : { lines }) };
      for (const member of shown) {
        if (shown.length > 1) this.out.write(`── ${member.name} ──\n`);
        await told(member, "logs", async () => {
          for await (const bytes of member.provider.logs?.(member.seen.id, query, { signal }) ?? []) {
            await printer.print(bytes);
          }
        });
      }
    });
  } finally {
    printer.end();
    ending.forget();
  }
}

/** Throws `instance.refused` or `instance.failed`. */
async function told<T>({ seen }: KeptMember, verb: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    const { kind, message: detail } = asProviderError(thrown);
    const code = kind === "invalid" ? "instance.refused" : "instance.failed";
    throw new MusterError(code, { verb, instance: seen.id, detail }, { cause: thrown });
  }
}
