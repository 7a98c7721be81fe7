import { readFileSync } from "node:fs";
import { ProviderError } from "@muster/plugin";
import { ifThere } from "./failure.ts";

/** Throws `retryable` where somebody listens there. Who, is not known. */
export function assertNobodyListens(declared: number | string | undefined): void {
  const port = declared === undefined ? undefined : Number(declared);
  if (port === undefined) return;
  const listens = ["/proc/net/tcp", "/proc/net/tcp6"].some((file) => {
    const table = ifThere(() => readFileSync(file, "utf8")) ?? "";
    return portsIn(table).has(port);
  });
  if (listens) throw new ProviderError("retryable", `port: somebody listens on ${port} already`);
}

/** The ports that somebody listens on. @param table as /proc/net/tcp has it: numbers in hexadecimal. */
export function portsIn(table: string): ReadonlySet<number> {
  const listening = table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm);
  return new Set(Array.from(listening, ([, port = ""]) => Number.parseInt(port, 16)));
}
