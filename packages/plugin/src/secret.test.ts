import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { plainOrSecret, revealed } from "./secret.ts";

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
});
