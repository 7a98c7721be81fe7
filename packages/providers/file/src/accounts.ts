import { readFileSync, statSync } from "node:fs";
import { ProviderError } from "@muster/plugin";

/** The names of users or groups, as the machine's own file has them; those of a directory service are not known. */
export interface Accounts {
  /** An account's name; its number as text where it has none. */
  nameOf(id: number): string;
  /**
   * The number of an account. Throws `invalid` where there is none of that name, and where it is spelled otherwise than
   * `nameOf` does: what is declared is compared with what is read, letter by letter.
   */
  idOf(name: string): number;
}

/** Who there is on this machine. */
export interface Owners {
  readonly users: Accounts;
  readonly groups: Accounts;
}

export function machineAccounts(): Owners {
  return { users: accountsOf("user", "/etc/passwd"), groups: accountsOf("group", "/etc/group") };
}

/**
 * @param file `/etc/passwd` or `/etc/group`; read again whenever it changes. It is asked once in a turn of the event loop: to
 * ask costs as much as to look at a file.
 */
export function accountsOf(kind: "user" | "group", file: string): Accounts {
  let version = "";
  let isFresh = false;
  let names = new Map<number, string>();
  let ids = new Map<string, number>();

  const refresh = (): void => {
    if (isFresh) return;
    isFresh = true;
    setImmediate(() => {
      isFresh = false;
    });
    const stats = statSync(file, { throwIfNoEntry: false });
    const found = stats === undefined ? "none" : `${stats.ino} ${stats.size} ${stats.ctimeMs}`;
    if (found === version) return;
    version = found;
    const accounts = stats === undefined ? [] : accountsFrom(readFileSync(file, "utf8"));
    ids = new Map(accounts);
    // The first of several names is the one that programs show.
    names = new Map(accounts.toReversed().map(([name, id]) => [id, name]));
  };

  const nameOf = (id: number): string => {
    refresh();
    return names.get(id) ?? String(id);
  };

  return {
    nameOf,
    idOf(name) {
      refresh();
      const id = ids.get(name) ?? (/^\d{1,9}$/.test(name) ? Number(name) : undefined);
      const property = kind === "user" ? "owner" : "group";
      if (id === undefined) {
        throw new ProviderError("invalid", `there is no ${kind} \`${name}\` on this machine`, { property });
      }
      const plain = nameOf(id);
      if (plain === name) return id;
      const message = `the ${kind} \`${name}\` is called \`${plain}\` on this machine: write that`;
      throw new ProviderError("invalid", message, { property });
    },
  };
}

function accountsFrom(text: string): [string, number][] {
  return text.split("\n").flatMap((line) => {
    const [name, , id] = line.split(":");
    return name && id && /^\d+$/.test(id) ? [[name, Number(id)] as [string, number]] : [];
  });
}
