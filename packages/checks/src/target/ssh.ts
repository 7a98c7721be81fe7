/** Targets that are reached by the system's own `ssh`: docs/decisions/0011-checks.md says why by that one. */

export interface Place {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** A private key, by its path: no other is offered then. */
  readonly key?: string | undefined;
  /** The hosts on the way, as `ssh -J` takes them. */
  readonly jump?: string | undefined;
  /** The file of known hosts, in place of the user's. */
  readonly knownHosts?: string | undefined;
  /** A file of configuration, in place of the user's. */
  readonly config?: string | undefined;
}

export type PlaceOrFault = Place | { readonly fault: string };

const OPTIONS = { key: "key", jump: "jump", "known-hosts": "knownHosts", config: "config" } as const;

/** What `ssh://USER@HOST:PORT?key=FILE&jump=HOST&known-hosts=FILE&config=FILE` means. */
export function placeOf(text: string): PlaceOrFault {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "ssh:" || url.hostname === "") return { fault: "it is no ssh://USER@HOST:PORT" };
  if (url.password !== "") return { fault: "a password stands in it; name a key, or use an agent" };
  if (url.pathname !== "" && url.pathname !== "/") return { fault: `nothing is known of ${url.pathname} in it` };
  const place: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1];
    if (option === undefined) return { fault: `\`${name}\` is not known; ${Object.keys(OPTIONS).join(", ")} are` };
    if (value === "" || value.startsWith("-")) return { fault: `\`${name}\` cannot be "${value}"` };
    place[option] = value;
  }
  const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, "");
  const user = decodeURIComponent(url.username);
  // `ssh` would take such a one for an option.
  if (/[\p{Cc}\s]/u.test(Object.values({ ...place, host, user }).join("")))
    return { fault: "a blank or the like stands in it" };
  if (host.startsWith("-") || user.startsWith("-")) return { fault: "a name in it begins with a dash" };
  return { ...place, host, ...(user === "" ? {} : { user }), ...(url.port === "" ? {} : { port: Number(url.port) }) };
}

/** Nobody is asked for anything, nothing is forwarded, and a host whose key is not known is not spoken to. */
export function sshCommand({ host, user, port, key, jump, knownHosts, config }: Place): readonly [string, ...string[]] {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ClearAllForwardings=yes", "ForwardAgent=no"];
  if (key !== undefined) options.push("IdentitiesOnly=yes");
  if (knownHosts !== undefined) options.push(`UserKnownHostsFile=${knownHosts}`);
  return [
    "ssh",
    "-T",
    ...(config === undefined ? [] : ["-F", config]),
    ...options.flatMap((option) => ["-o", option]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(key === undefined ? [] : ["-i", key]),
    ...(jump === undefined ? [] : ["-J", jump]),
    "--",
    host,
    // The one thing that the login shell there, whichever it is, has to understand.
    "exec sh -s",
  ];
}
