import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Cli, Printer } from "../cli.ts";
import { confirm } from "./confirm.ts";

describe("confirm", () => {
  it.each(["y", "Y", "yes", " yes "])("takes %j for a yes", async (answer) => {
    const cli = terminal(answer);
    expect(await confirm(cli, "muster apply", "Do this?")).toBe(true);
    expect(cli.asked).toEqual(["Do this? [y/N] "]);
  });

  it.each(["", "n", "yep", "no"])("takes %j for a no, says so, and fails", async (answer) => {
    const cli = terminal(answer);
    expect(await confirm(cli, "muster apply", "Do this?")).toBe(false);
    expect([cli.written, cli.process.exitCode]).toEqual([["Nothing was changed.\n"], 1]);
  });

  it("does not guess where there is nobody to ask", async () => {
    const asking = confirm({ ...terminal(""), ask: undefined }, "muster apply", "Do this?");
    await expect(asking).rejects.toMatchObject({ code: "usage.not-confirmed" });
  });
});

/** A terminal with a person at it who gives one answer. */
function terminal(answer: string): Cli & { readonly asked: string[]; readonly written: string[] } {
  const asked: string[] = [];
  const written: string[] = [];
  const printer: Printer = {
    write: (text) => void written.push(text),
    send: async () => undefined,
    isTerminal: true,
    colors: false,
    columns: () => 80,
    closed: new AbortController().signal,
  };
  return {
    asked,
    written,
    process: { stdout: printer, stderr: printer },
    exit: {},
    out: printer,
    err: printer,
    env: {},
    cwd: "/",
    input: () => Readable.from([]),
    keys: undefined,
    user: () => "somebody",
    async ask(question) {
      asked.push(question);
      return answer;
    },
  };
}
