import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isSecret, plainOrSecret, revealed } from "./secret.ts";

function fileWith(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "secret-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "key"), text);
  return join(dir, "key");
}

describe("a secret", () => {
  it("is read from the environment or from a file, without the line break at its end", () => {
    expect(revealed("plain", {})).toBe("plain");
    expect(revealed({ secret: { env: "KEY" } }, { KEY: "s3cret" })).toBe("s3cret");
    expect(revealed({ secret: { file: fileWith("s3cret\n") } }, {})).toBe("s3cret");
  });

  it("that is not there yet may be there later", () => {
    for (const secret of [{ env: "KEY" }, { file: "/nowhere/key" }]) {
      expect(() => revealed({ secret }, {})).toThrow(expect.objectContaining({ kind: "retryable" }));
    }
    expect(() => revealed({ secret: { file: fileWith("x".repeat(65_537)) } }, {})).toThrow("more than 65536 bytes");
  });

  it("names one place, and a file by its whole path", () => {
    const accepts = (value: unknown) => plainOrSecret.safeParse(value).success;
    expect(accepts({ secret: { env: "KEY" } })).toBe(true);
    expect(accepts({ secret: {} })).toBe(false);
    expect(accepts({ secret: { env: "KEY", file: "/key" } })).toBe(false);
    expect(accepts({ secret: { file: "key" } })).toBe(false);
  });

  it("is what a command prints, run without a shell in the environment it is given", () => {
    const env = { PATH: process.env["PATH"], KEY: "s3cret" };
    expect(revealed({ secret: { command: ["sh", "-c", "echo $KEY; echo noise >&2"] } }, env)).toBe("s3cret");
    expect(revealed({ secret: { command: ["printf", "%s\n", "$KEY; echo"] } }, env)).toBe("$KEY; echo");
  });

  it("is not there where its command fails, prints too much, or is none; and what it printed is not told", () => {
    const read =
      (...command: [string, ...string[]]) =>
      () =>
        revealed({ secret: { command } }, { PATH: process.env["PATH"] });
    expect(read("sh", "-c", "echo s3cret; echo s3cret >&2; exit 3")).toThrow(
      expect.objectContaining({
        kind: "retryable",
        message: "the secret of the command sh cannot be read: it ended with 3",
      }),
    );
    expect(read("sh", "-c", "kill -9 $$")).toThrow("it was ended by SIGKILL");
    expect(read("head", "-c", "70000", "/dev/zero")).toThrow("it printed more than 65536 bytes");
    expect(read("/nowhere/program")).toThrow("ENOENT");
  });

  it("is told from other values", () => {
    for (const secret of [{ env: "KEY" }, { file: "/key" }, { command: ["pass", "show"] }]) {
      expect(isSecret({ secret })).toBe(true);
    }
    const others = [
      { secret: { command: [] } },
      { secret: "KEY" },
      { secret: { env: "KEY" }, more: 1 },
      ["secret"],
      null,
    ];
    for (const other of others) expect(isSecret(other)).toBe(false);
  });
});
