/** What can go wrong between a probe and the one it asks, and whose fault it is. */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import { durationText, messageOf, systemCodeOf, type Verdict } from "@muster/model";
import type { Ending } from "./ending.ts";
import { failed, unknown } from "./reason.ts";

/** About this machine, or about the way out of it: of whom was asked it tells nothing. */
const OURS: ReadonlySet<string> = new Set([
  ...["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EAFNOSUPPORT"],
  ...["ENETUNREACH", "ENETDOWN", "EACCES", "EPERM"],
]);

const SAYS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "broke off the connection",
  EPIPE: "broke off the connection",
  EHOSTUNREACH: "cannot be reached",
  ETIMEDOUT: "cannot be reached",
  ENOENT: "is not there",
};

/** @param who for a sentence: `http://127.0.0.1:80/ refused the connection` */
export function verdictOnError(who: string, thrown: unknown): Verdict {
  // A name with several addresses is tried at each.
  const causes: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const theirs = causes.find((each) => !isOurs(each));
  if (theirs !== undefined) return failed(`${who} ${SAYS[systemCodeOf(theirs) ?? ""] ?? wrongIn(theirs)}`);
  return unknown(`${who} could not be asked: ${messageOf(causes[0] ?? thrown)}`);
}

function wrongIn(thrown: unknown): string {
  return `did not answer as it should: ${plainly(thrown)}`;
}

/** Of what OpenSSL says its reason, without places in its sources; of Node's words not what to start Node with. */
function plainly(thrown: unknown): string {
  if (thrown instanceof Error && "library" in thrown && "reason" in thrown && typeof thrown.reason === "string") {
    return `no TLS that is understood (${thrown.reason})`;
  }
  return messageOf(thrown).replace(/; if the root CA is installed locally.*$/, "");
}

function isOurs(thrown: unknown): boolean {
  const isLookUp = thrown instanceof Error && "syscall" in thrown && thrown.syscall === "getaddrinfo";
  return isLookUp || OURS.has(systemCodeOf(thrown) ?? "");
}

/** A question to a host, as long as nobody has answered it. */
export interface Asking {
  readonly who: string;
  readonly timeoutMs: number;
  /** The host's name is still being looked up. */
  isLookingUp: boolean;
}

/** @param host a name, or an address without brackets */
export function asking(who: string, host: string, timeoutMs: number): Asking {
  return { who, timeoutMs, isLookingUp: isIP(host) === 0 };
}

export function noteLookup(asking: Asking, socket: Socket): void {
  socket.once("lookup", (error: Error | null) => {
    if (!error) asking.isLookingUp = false;
  });
}

/** Looking up many names can take longer than any of them is given, and is nobody's fault who bears one. */
export function verdictOnSilence({ who, timeoutMs, isLookingUp }: Asking, why: Ending): Verdict {
  if (why === "let-go") return unknown(`nobody waited for the answer of ${who}`);
  const within = `within ${durationText(timeoutMs)}`;
  return isLookingUp
    ? unknown(`the name in ${who} was not looked up ${within}`)
    : failed(`${who} did not answer ${within}`);
}
