import { readFileSync } from "node:fs";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
const LISTEN = "0A";

/** TCP ports of this machine on which somebody listens. Where the system does not tell, nobody is known to. */
export function listeningPorts(): ReadonlySet<number> {
  return new Set(TABLES.flatMap((table) => portsIn(read(table))));
}

/** @param table as Linux writes it: a line of headings, then `sl local_address rem_address st …` with ports in hex */
export function portsIn(table: string): readonly number[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state] = line.trim().split(/\s+/);
      return state === LISTEN ? Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16) : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A kernel without IPv6, or a system without /proc: whoever then takes a port that is taken hears it from the provider.
    return "";
  }
}
