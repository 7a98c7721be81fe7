import { readFileSync } from "node:fs";
import { ProviderError } from "@muster/plugin";

/** An account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * The account that a process is to run as; undefined where it is Muster's own.
 *
 * @throws ProviderError `invalid`: there is no such account. `denied`: only root runs something as somebody else.
 */
export function accountFor(user: string | undefined): Account | undefined {
  if (user === undefined) return undefined;
  const own = process.getuid?.();
  const account = accountsIn(readFileSync("/etc/passwd", "utf8")).find(
    ({ name, uid }) => name === user || String(uid) === user,
  );
  if (account === undefined) throw new ProviderError("invalid", `there is no user \`${user}\` on this machine`);
  if (account.uid === own) return undefined;
  if (own === 0) return account;
  throw new ProviderError("denied", `only a Muster that runs as root can run a process as the user \`${user}\``);
}

/** The words before a command that make it run as this account, with its groups and no others. */
export function runAs(account: Account | undefined): readonly string[] {
  if (account === undefined) return [];
  const { uid, gid } = account;
  return ["/usr/bin/setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--"];
}

function accountsIn(passwd: string): readonly Account[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid, , home] = line.split(":");
    if (!name || !isNumber(uid) || !isNumber(gid)) return [];
    return { name, uid: Number(uid), gid: Number(gid), home: home || "/" };
  });
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,10}$/.test(text);
}
