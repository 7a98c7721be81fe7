/** Who listens on this machine. Linux tells of listeners first, and after them of every connection there is or just was. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/**
 * TCP ports of this machine on which somebody listens. Where the system does not tell, nobody is known to.
 */
export function listeningPorts(): ReadonlySet<number> {
  const ports = portsIn(listenersIn("/proc/net/tcp"));
  return new Set(hasSixes() ? [...ports, ...portsIn(listenersIn("/proc/net/tcp6"))] : ports);
}

const LISTENS = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm;

/** @param table as Linux writes it: a line of headings, then `sl local_address rem_address st …`, with ports in hex */
export function portsIn(table: string): readonly number[] {
  return Array.from(table.matchAll(LISTENS), ([, port = ""]) => Number.parseInt(port, 16));
}

/** Less than a line: whoever asks for more has the system look for more, through all the places a connection can have. */
const PIECE = 128;

/** The table as far as it tells of listeners: what follows may be a thousand times as long. */
function listenersIn(path: string): string {
  const file = opened(path);
  if (file === undefined) return "";
  try {
    const piece = Buffer.alloc(PIECE);
    let text = "";
    for (let whole = 0; ; ) {
      const count = readSync(file, piece);
      text += piece.toString("latin1", 0, count);
      const end = text.lastIndexOf("\n") + 1;
      if (count === 0 || tellsOfOthers(text.slice(whole, end))) return text;
      whole = end;
    }
  } finally {
    closeSync(file);
  }
}

/** True where one of these whole lines is a connection. */
function tellsOfOthers(lines: string): boolean {
  return /^\s*\d+: \S+ \S+ (?!0A )/m.test(lines);
}

/** Whether anybody listens, or is connected, by IPv6: the system says so without looking through all places. */
function hasSixes(): boolean {
  try {
    return !/^TCP6: inuse 0$/m.test(readFileSync("/proc/net/sockstat6", "utf8"));
  } catch {
    // It does not say: the table does, or is not there either.
    return true;
  }
}

/** Undefined on a kernel without IPv6, or without /proc: whoever then takes a port that is taken hears it from the provider. */
function opened(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
