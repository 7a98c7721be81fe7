import { closeSync, openSync, readSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { ERRORS } from "./files.ts";

const MOST = 16_384;
const SHOWN = 300;

/** The first thing that QEMU complained of, without its name before it; undefined where there were only warnings. */
export function complaintIn(home: string): string | undefined {
  const lines = beginningOf(`${home}/${ERRORS}`).split("\n");
  const complaint = lines.map(withoutName).find((line) => line !== "" && !isHarmless(line));
  return complaint?.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?").slice(0, SHOWN);
}

function withoutName(line: string): string {
  return line.replace(/^qemu-system-[a-z0-9_]+: /, "").trim();
}

function isHarmless(line: string): boolean {
  return line.startsWith("warning:") || line.startsWith("terminating on signal");
}

function beginningOf(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(MOST);
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, MOST, 0));
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}
