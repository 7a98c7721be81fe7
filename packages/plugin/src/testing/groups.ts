import type { Observed } from "@muster/model";
import type { GroupRole, GroupSpec } from "../infrakit/group-role.ts";

interface Kept {
  spec: GroupSpec;
  size: number;
  instances: readonly Observed[];
}

export interface GroupsInMemory extends GroupRole {
  put(spec: GroupSpec, size: number, instances: readonly Observed[]): void;
  sizeOf(id: string): number | undefined;
}

/** A group role that keeps declarations and makes nothing. */
export function groupsInMemory(): GroupsInMemory {
  const kept = new Map<string, Kept>();

  function find(id: string): Kept {
    const found = kept.get(id);
    if (found === undefined) throw new Error(`there is no group ${id}`);
    return found;
  }

  return {
    put: (spec, size, instances) => void kept.set(spec.ID, { spec, size, instances }),
    sizeOf: (id) => kept.get(id)?.size,
    async commit(spec, pretend) {
      if (!pretend) kept.set(spec.ID, { spec, size: 0, instances: [] });
      return `keeping ${spec.ID}`;
    },
    async free(id) {
      find(id);
      kept.delete(id);
    },
    describe: async (id) => ({ instances: find(id).instances, converged: true }),
    inspect: async () => [...kept.values()].map((each) => each.spec),
    async destroy(id) {
      find(id);
      kept.delete(id);
    },
    size: async (id) => find(id).size,
    async setSize(id, size) {
      find(id).size = size;
    },
    async destroyInstances(id, instances) {
      const group = find(id);
      const left = group.instances.filter((each) => !instances.includes(each.id));
      if (left.length + instances.length !== group.instances.length) throw new Error("not its instances");
      group.instances = left;
      group.size -= instances.length;
    },
  };
}
