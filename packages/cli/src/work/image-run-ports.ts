/** Which port of this machine stands for each port of what runs. */
import { createServer } from "node:net";
import { MusterError } from "@muster/model";
import { listeningPorts } from "@muster/plugin";
import { hostPorts } from "@muster/runtime";

export interface Way {
  /** As the program inside listens. */
  readonly guest: number;
  /** Of this machine, on 127.0.0.1. */
  readonly host: number;
}

export interface WaysAsked {
  /** For what it is. */
  readonly name: string;
  readonly guests: readonly number[];
  /** What `--port` says: `HOST` or `HOST:GUEST`. */
  readonly given: readonly string[];
  /** Those that can have another number here. */
  readonly movable: ReadonlySet<number>;
}

/** As told; else the same number, where nobody has it; else a free one. Throws `usage.bad-value`. */
export async function waysFor({ name, guests, given, movable }: WaysAsked): Promise<readonly Way[]> {
  const told = new Map(given.map((text) => wayIn(text, guests)).map(({ guest, host }) => [guest, host]));
  const ways: Way[] = [];
  const free = hostPorts(listeningPorts);
  const isTaken = (host: number) => ways.some((way) => way.host === host) || [...told.values()].includes(host);
  for (const guest of guests) {
    const asked = told.get(guest);
    if (!movable.has(guest) && asked !== undefined && asked !== guest) throw immovable(guest, asked);
    const isSame = !movable.has(guest) || (!isTaken(guest) && (await isFree(guest)));
    const host = asked ?? (isSame ? guest : Number(free.give(name, String(guest))));
    if (ways.some((way) => way.host === host)) throw bad(`${host} leads to two ports`, "each another port");
    ways.push({ guest, host });
  }
  return ways;
}

function wayIn(text: string, guests: readonly number[]): Way {
  const [, host = "", guest] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const [first] = guests;
  if (first === undefined) throw bad(`\`${text}\` leads nowhere`, "it no port: its manifest names none under `ports`");
  const way = { host: Number(host), guest: guest === undefined ? first : Number(guest) };
  if (way.host < 1 || way.host > 65_535) throw bad(`\`${text}\` is no port`, "PORT, or PORT:ITS-PORT");
  if (guests.includes(way.guest)) return way;
  throw bad(`it has no port ${way.guest}`, `one of its own after the colon: ${guests.join(", ")}`);
}

function immovable(guest: number, host: number): MusterError {
  const detail = `as a process it listens on ${guest}, and not on ${host}: none of its words is told`;
  return bad(detail, `it a word with \`\${port.${guest}}\` in its manifest`);
}

function bad(detail: string, wanted: string): MusterError {
  return new MusterError("usage.bad-value", { what: "--port", detail, wanted });
}

/** Nobody listens there at any address, and this user may. */
function isFree(port: number): Promise<boolean> {
  if (listeningPorts().has(port)) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(true)));
  return promise;
}
