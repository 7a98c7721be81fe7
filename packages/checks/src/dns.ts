import type { Resolver } from "node:dns/promises";
import { durationText, messageOf, systemCodeOf } from "@muster/model";
import { endAfter } from "./ending.ts";
import { readable } from "./reason.ts";

export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "TXT"] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface DnsQuestion {
  readonly name: string;
  /** Missing: `A` and `AAAA`. */
  readonly type?: RecordType | undefined;
  /** `ADDRESS` or `ADDRESS:PORT`; missing: those of this machine. */
  readonly server?: string | undefined;
  readonly timeoutMs: number;
}

export type DnsAnswer =
  | { readonly kind: "told"; readonly records: readonly string[] }
  | { readonly kind: "unknown"; readonly reason: string };

/** There is no such name, or no such record of it: both are answers. */
const NOTHING: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

/** What a name server says; none of /etc/hosts. Nothing is thrown. */
export async function askDns(question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer> {
  const { name, type, server, timeoutMs } = question;
  const resolver = new (process.getBuiltinModule("node:dns/promises").Resolver)();
  let late = false;
  const callOff = endAfter(timeoutMs, signal, (why) => {
    late = why === "late";
    resolver.cancel();
  });
  try {
    if (server !== undefined) resolver.setServers([server]);
    const types = type === undefined ? (["A", "AAAA"] as const) : [type];
    const records = await Promise.all(types.map((each) => recordsOf(resolver, name, each)));
    return { kind: "told", records: records.flat() };
  } catch (thrown) {
    const detail = late ? `nobody answered within ${durationText(timeoutMs)}` : messageOf(thrown);
    return { kind: "unknown", reason: readable(`${name} could not be looked up: ${detail}`) };
  } finally {
    callOff();
  }
}

async function recordsOf(resolver: Resolver, name: string, type: RecordType): Promise<readonly string[]> {
  try {
    switch (type) {
      case "A":
        return await resolver.resolve4(name);
      case "AAAA":
        return await resolver.resolve6(name);
      case "CNAME":
        return await resolver.resolveCname(name);
      case "MX":
        return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
      case "NS":
        return await resolver.resolveNs(name);
      case "PTR":
        return await resolver.resolvePtr(name);
      case "TXT":
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
    }
  } catch (thrown) {
    if (NOTHING.has(systemCodeOf(thrown) ?? "")) return [];
    throw thrown;
  }
}
