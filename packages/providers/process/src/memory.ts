/** A limit on the memory of all processes of one id together: a control group of their own. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { ifThere } from "./failure.ts";

export interface MemoryLimits {
  /** Throws `invalid` where this machine, or this user, cannot limit memory. Touches nothing. */
  assertPossible(): void;
  /** Returns the file by which one comes under the limit. */
  limit(id: string, bytes: number): string;
  /** Undefined where there is no limit on it. */
  entrance(id: string): string | undefined;
  /** Whether the system has killed for want of memory. */
  wasUsedUp(id: string): boolean;
  members(id: string): readonly number[];
  /** Done where there is none. Throws where somebody lives in it. */
  remove(id: string): void;
}

/** Where the groups are, and how this kind of them is spoken to. */
interface Groups {
  readonly root: string;
  readonly version: 1 | 2;
}

/** All of Muster's groups are in one, beside those of the system's services: they stay when Muster's own goes. */
const COMMON = "muster";

/** @param mounts as /proc/mounts has it */
export function memoryLimits(mounts: () => string = () => readFileSync("/proc/mounts", "utf8")): MemoryLimits {
  let found: Groups | undefined;
  const groups = () => {
    found ??= groupsIn(mounts());
    return found;
  };
  const placeOf = (id: string) => {
    const place = groups();
    return place === undefined ? undefined : `${place.root}/${COMMON}/${id}`;
  };
  const read = (id: string, file: string) => {
    const place = placeOf(id);
    return place === undefined ? undefined : ifThere(() => readFileSync(`${place}/${file}`, "utf8"));
  };

  return {
    assertPossible() {
      const lacks = lack(groups());
      if (lacks !== undefined) throw new ProviderError("invalid", `limits.memory cannot be kept here: ${lacks}`);
    },

    limit(id, bytes) {
      this.assertPossible();
      const place = groups();
      if (place === undefined) throw new ProviderError("invalid", "limits.memory cannot be kept here");
      try {
        return place.version === 1 ? limitInFirst(place.root, id, bytes) : limitInSecond(place.root, id, bytes);
      } catch (thrown) {
        throw new ProviderError("invalid", `limits.memory cannot be kept here: ${messageOf(thrown)}`, {
          cause: thrown,
        });
      }
    },

    entrance(id) {
      const file = `${placeOf(id)}/cgroup.procs`;
      return existsSync(file) ? file : undefined;
    },

    wasUsedUp(id) {
      const told = read(id, groups()?.version === 1 ? "memory.oom_control" : "memory.events");
      return Number(/^oom_kill (\d+)$/m.exec(told ?? "")?.[1] ?? 0) > 0;
    },

    members: (id) => (read(id, "cgroup.procs") ?? "").split("\n").filter(Boolean).map(Number),

    remove(id) {
      const place = placeOf(id);
      if (place !== undefined) ifThere(() => rmdirSync(place));
    },
  };
}

/** The first version where memory is counted by it; else the second. */
export function groupsIn(mounts: string): Groups | undefined {
  const all = mounts.split("\n").map((line) => line.split(" "));
  const first = all.find(([, , kind, options]) => kind === "cgroup" && options?.split(",").includes("memory"));
  if (first?.[1] !== undefined) return { root: first[1], version: 1 };
  const second = all.find(([, , kind]) => kind === "cgroup2");
  return second?.[1] === undefined ? undefined : { root: second[1], version: 2 };
}

function lack(groups: Groups | undefined): string | undefined {
  if (groups === undefined) return "this machine has no control groups";
  if (process.getuid?.() !== 0) return "only a Muster that runs as root can make control groups";
  if (groups.version === 1) return undefined;
  const controllers = ifThere(() => readFileSync(`${groups.root}/cgroup.controllers`, "utf8"));
  return controllers?.split(/\s/).includes("memory") ? undefined : `there is no memory controller in ${groups.root}`;
}

function limitInFirst(root: string, id: string, bytes: number): string {
  const place = `${root}/${COMMON}/${id}`;
  make(`${root}/${COMMON}`);
  make(place);
  writeFileSync(`${place}/memory.limit_in_bytes`, String(bytes));
  // Together with what is swapped out; not every system counts that.
  if (existsSync(`${place}/memory.memsw.limit_in_bytes`)) {
    writeFileSync(`${place}/memory.memsw.limit_in_bytes`, String(bytes));
  }
  return `${place}/cgroup.procs`;
}

function limitInSecond(root: string, id: string, bytes: number): string {
  const place = `${root}/${COMMON}/${id}`;
  writeFileSync(`${root}/cgroup.subtree_control`, "+memory");
  make(`${root}/${COMMON}`);
  writeFileSync(`${root}/${COMMON}/cgroup.subtree_control`, "+memory");
  make(place);
  writeFileSync(`${place}/memory.max`, String(bytes));
  if (existsSync(`${place}/memory.swap.max`)) writeFileSync(`${place}/memory.swap.max`, "0");
  return `${place}/cgroup.procs`;
}

function make(path: string): void {
  try {
    mkdirSync(path);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
  }
}
