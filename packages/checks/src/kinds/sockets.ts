/** The kernel's tables of sockets, /proc/net/tcp and its kin. */

const LISTENS = "0A";
/** What a UDP socket that no peer is fixed for is in. */
const UNCONNECTED = "07";

/** The addresses at which somebody listens on a port. */
export function socketsOf(table: string, protocol: "tcp" | "udp", port: number): readonly string[] {
  const wanted = protocol === "tcp" ? LISTENS : UNCONNECTED;
  return table.split("\n").flatMap((line) => {
    const [, , local, , state] = /^\s*(\d+:) (\S+) (\S+) (\S+)/.exec(line) ?? [];
    const [address = "", number = ""] = (local ?? "").split(":");
    return state === wanted && Number.parseInt(number, 16) === port ? [addressOf(address)] : [];
  });
}

/** Words of 32 bits, each with its bytes in the order of a machine that begins with the least. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => `${bytes[2 * at]}${bytes[2 * at + 1]}`);
  // A URL's host is written in the shortest form.
  return URL.parse(`http://[${groups.join(":")}]`)?.hostname.slice(1, -1) ?? groups.join(":");
}
