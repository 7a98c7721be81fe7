import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommandTaskProperties } from "./index.ts";
import { commands, ctx, declared, freshDirectory } from "./test/room.ts";

async function dueOf(want: Partial<CommandTaskProperties>): Promise<string | undefined> {
  return (await commands()).due(declared(want), ctx);
}

describe("a command is due", () => {
  it("while what it creates is not there", async () => {
    const dir = freshDirectory();
    const creates = join(dir, "a");
    expect(await dueOf({ creates })).toBe(`${creates} is not there`);
    symlinkSync("nowhere", creates);
    expect(await dueOf({ creates })).toBe(`${creates} is not there`);
    writeFileSync(join(dir, "nowhere"), "");
    expect(await dueOf({ creates })).toBeUndefined();
    expect(await dueOf({ creates: join(dir, "nowhere", "below") })).toContain("is not there");
    mkdirSync(join(dir, "directory"));
    expect(await dueOf({ creates: join(dir, "directory") })).toBeUndefined();
  });

  it("while `onlyIf` exits with 0, each of several", async () => {
    expect(await dueOf({ onlyIf: ["true"] })).toBe("`onlyIf` exited with 0");
    expect(await dueOf({ onlyIf: ["false"] })).toBeUndefined();
    expect(await dueOf({ onlyIf: [["true"], ["true"]] })).toBe("`onlyIf` exited with 0");
    expect(await dueOf({ onlyIf: [["true"], ["false"]] })).toBeUndefined();
  });

  it("until `unless` exits with 0, one of several", async () => {
    expect(await dueOf({ unless: ["sh", "-c", "exit 7"] })).toBe("`unless` exited with 7");
    expect(await dueOf({ unless: ["true"] })).toBeUndefined();
    expect(await dueOf({ unless: [["false"], ["true"]] })).toBeUndefined();
  });

  it("where all that is declared says so, and the cheapest is asked first", async () => {
    const dir = freshDirectory();
    const asked = join(dir, "asked");
    const creates = join(dir, "a");
    const all = { creates, unless: ["false"], onlyIf: ["true"] } satisfies Partial<CommandTaskProperties>;
    expect(await dueOf(all)).toBe(`${creates} is not there, \`unless\` exited with 1, \`onlyIf\` exited with 0`);
    expect(await dueOf({ ...all, onlyIf: ["false"] })).toBeUndefined();
    writeFileSync(creates, "");
    expect(await dueOf({ ...all, onlyIf: ["touch", asked] })).toBeUndefined();
    expect(existsSync(asked)).toBe(false);
  });

  it("never by itself where it only follows others", async () => {
    expect(await dueOf({ refreshOnly: true })).toBeUndefined();
  });

  it("is asked in the directory and the environment of the command", async () => {
    const dir = freshDirectory();
    writeFileSync(join(dir, "here"), "");
    const onlyIf: CommandTaskProperties["onlyIf"] = ["sh", "-c", 'test -e here && test "$A" = b'];
    expect(await dueOf({ onlyIf, cwd: dir, env: { A: "b" } })).toBe("`onlyIf` exited with 0");
    expect(await dueOf({ onlyIf, cwd: dir })).toBeUndefined();
  });
});

describe("whether a command is due cannot be told", () => {
  it("where a question cannot be asked, or is not answered", async () => {
    const dir = freshDirectory();
    await expect(dueOf({ onlyIf: ["no-such-program"] })).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("onlyIf: there is no program `no-such-program`"),
    });
    await expect(dueOf({ unless: ["sh", "-c", "echo why >&2; kill -9 $$"] })).rejects.toMatchObject({
      kind: "retryable",
      message: "`unless`: sh was ended by SIGKILL: why",
    });
    await expect(dueOf({ unless: ["sleep", "300"], timeout: "100ms" })).rejects.toMatchObject({
      kind: "unknown",
      message: "`unless`: sleep did not end within 100ms",
    });
    await expect(dueOf({ onlyIf: ["true"], cwd: join(dir, "no") })).rejects.toMatchObject({ kind: "retryable" });
    const script = join(dir, "script");
    writeFileSync(script, "#!/bin/sh\n");
    chmodSync(script, 0o600);
    await expect(dueOf({ onlyIf: [script] })).rejects.toThrow("is not executable");
    expect(readFileSync(script, "utf8")).toBe("#!/bin/sh\n");
  });
});
