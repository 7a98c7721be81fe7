/** What Muster needs whatever it does: a machine that is well, a place for its state, and sockets. */
import { check } from "@muster/sdk";
import type { Place, Premises } from "./premises.ts";
import type { Question } from "./suite.ts";

/** Room for the history of a busy month, and for images. In MiB. */
const LEAST_ROOM = 200;
/** How many of the newest events are gone along. */
const NEWEST = 100;

export function machine({ node }: Premises): readonly Question[] {
  return [
    {
      check: check
        .command([node, "--version"], { title: "Node is 24 or newer" })
        .stdout.matches("^v(2[4-9]|[3-9]\\d)\\."),
      next: "in a clone `npm ci` brings the right one; elsewhere install it from https://nodejs.org/",
    },
    {
      check: check
        .command(["date", "-u", "+%Y"], { title: "the clock stands at no year before this Muster was made" })
        .exit(0)
        .stdout.matches("^(202[6-9]|20[3-9]\\d|2[1-9]\\d\\d)$"),
      next: "set the clock (`timedatectl set-ntp true`): the history is written by it",
    },
    {
      check: check
        .command("ulimit -n", { title: "a process may have 1000 files open, or more" })
        .stdout.matches("^(unlimited|[1-9]\\d{3,})$"),
      next: "raise it: `ulimit -n 4096`, or LimitNOFILE= of the unit that runs Muster",
    },
  ];
}

export function state(premises: Premises): readonly Question[] {
  const { state: place, store, muster } = premises;
  return [
    directory(place, premises, "set MUSTER_STATE_DIR to one that can be"),
    {
      check: check
        .disk(place.nearest, { title: `there is room for the state: ${LEAST_ROOM} MiB` })
        .free.min(LEAST_ROOM),
      next: "make room there (`muster audit prune` drops what is old of the history), or set MUSTER_STATE_DIR",
    },
    ...(store === undefined
      ? []
      : [
          {
            check: check.file(store, { title: "the store is closed to others" }).mode.matches("00$"),
            next: `chmod 600 ${store}`,
          },
          {
            check: check
              .command([...muster, "audit", "verify", "--newest", String(NEWEST)], {
                title: `the store opens, and the newest ${NEWEST} events of each stack are what was written`,
                timeout: "20s",
              })
              .exit(0)
              .stderr(""),
            next: "`muster audit verify` says all of it, with what to do, and goes along the whole history",
          },
        ]),
  ];
}

function directory({ what, path, isThere, nearest }: Place, { owners }: Premises, otherwise: string): Question {
  if (!isThere) {
    const title = `${what} can be made: ${path}`;
    return { check: check.directory(nearest, { title }).writable(), next: otherwise };
  }
  const title = `${what} is yours, and closed to others`;
  return {
    check: check.directory(nearest, { title }).owner.oneOf(owners).mode.matches("00$").writable(),
    next: `chmod 700 ${path}; where it is somebody else's, ${otherwise}`,
  };
}

export function sockets(premises: Premises): readonly Question[] {
  const { runtime, plugins: place, sockets: paths } = premises;
  return [
    directory(runtime, premises, "set MUSTER_SOCKET to a path in one that can be"),
    directory(place, premises, "set MUSTER_PLUGIN_DIR to one that can be"),
    ...paths.flatMap((path): readonly Question[] => [
      {
        check: check.file(path, { title: `the socket ${path} is closed to others` }).mode.matches("00$"),
        next: `chmod 600 ${path}`,
      },
      {
        check: check
          .http("http://localhost/v1/ping", { title: `somebody answers at ${path}`, socket: path, timeout: "5s" })
          .reachable(),
        next: `rm ${path}, where nothing else runs that made it: it was left behind, and is harmless`,
        isAdvice: true,
      },
    ]),
  ];
}
