/** Whom `--target` names. */
import {
  localTarget,
  type Surroundings,
  sshPlaceOf,
  sshTarget,
  surroundingsOf,
  type Target,
  targetOf,
} from "@muster/checks";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";

const WANTED =
  "`local`, ssh://USER@HOST:PORT?key=FILE&jump=HOST&known-hosts=FILE&config=FILE, container:NAME?host=SOCKET, STACK/GROUP or STACK/GROUP/SLOT";

/** Each once, in their order. Throws `usage.bad-value`, `target.no-members`, and what finding a group throws. */
export async function targetsOf(cli: Cli, names: readonly string[]): Promise<readonly Target[]> {
  const surroundings = surroundingsOf(cli.env);
  const targets = await Promise.all([...new Set(names)].map((name) => targetsNamed(cli, name, surroundings)));
  // A group and one of its members may both be named.
  return [...new Map(targets.flat().map((target) => [target.name, target])).values()];
}

/** What is asked in another way than by a shell of ours is loaded when it is needed. */
async function targetsNamed(cli: Cli, name: string, surroundings: Surroundings): Promise<readonly Target[]> {
  if (name === "local") return [localTarget(surroundings)];
  const container = /^container:([A-Za-z0-9][\w.-]*)(?:\?host=(.+))?$/.exec(name);
  if (container !== null) {
    const [, named = "", host] = container;
    return [(await import("./container.ts")).containerTarget(cli.env, { named, host }, surroundings.boundary)];
  }
  const member = /^([^/:?]+\/[^/:?]+)(?:\/([^/]+))?$/.exec(name);
  if (member !== null) {
    const [, group = "", slot] = member;
    const { memberTargets } = await import("./members.ts");
    return memberTargets(cli, { group, slot }, surroundings).catch((thrown: unknown) => {
      if (!isAbsent(thrown)) throw thrown;
      return [{ ...targetOf({ kind: "nobody", why: thrown.message }, surroundings), name }];
    });
  }
  const place = sshPlaceOf(name);
  if (!("fault" in place)) return [sshTarget(`ssh://${shownPlace(place)}`, place, surroundings)];
  const detail = name.startsWith("container:") ? "that is no name of a container" : place.fault;
  throw new MusterError("usage.bad-value", { what: `--target ${name}`, detail, wanted: WANTED });
}

/** Nobody is there who could look up the members. That is no fault of theirs, and none of whoever asks. */
function isAbsent(thrown: unknown): thrown is MusterError {
  return thrown instanceof MusterError && (thrown.code === "daemon.not-running" || thrown.code === "daemon.gone");
}

/** As it stands in reports: who and where, without how. */
function shownPlace({
  user,
  host,
  port,
}: {
  user?: string | undefined;
  host: string;
  port?: number | undefined;
}): string {
  const at = user === undefined ? host : `${user}@${host}`;
  return port === undefined ? at : `${at}:${port}`;
}
