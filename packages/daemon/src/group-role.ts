/** InfraKit's role "group", played by the keepers: an InfraKit declaration is a stack that is named like its one group. */
import { userInfo } from "node:os";
import { type Document, isConverged, isObject, type JsonObject, MusterError } from "@muster/model";
import type { GroupRole, GroupSpec } from "@muster/plugin";
import type { StackKeeper } from "@muster/runtime";
import type { Applying } from "./apply.ts";
import type { Stacks } from "./stacks.ts";

const SOURCE = "InfraKit client";

export function groupRole(applying: Applying, stacks: Stacks): GroupRole {
  // The socket is closed to everybody else, so whoever asks is this user.
  const actor = `user:${nameOfUser()}`;

  function keeperOf(id: string): StackKeeper {
    const keeper = stacks.get(id);
    if (keeper?.declaration()?.document.dialect === "infrakit") return keeper;
    throw new MusterError("group.not-found", { group: id, nearest: "" });
  }

  return {
    async commit({ ID, Properties }, pretend) {
      const document: Document = { dialect: "infrakit", data: { ID, Properties } };
      const { would = {} } = await applying.pretend(document, SOURCE);
      if (!pretend) await applying.apply(document, SOURCE, actor);
      return Object.values(would).join("; ");
    },
    free: (id) => keeperOf(id).free(id, actor),
    destroy: (id) => keeperOf(id).destroy(id, actor),
    async describe(id) {
      const keeper = keeperOf(id);
      const status = keeper.groups().find(({ name }) => name === id)?.status;
      return { instances: keeper.seen(id), converged: status !== undefined && isConverged(status) };
    },
    async inspect() {
      return stacks.all().flatMap((keeper) => {
        const document = keeper.declaration()?.document;
        return document?.dialect === "infrakit" ? [specOf(document.data)] : [];
      });
    },
    async size(id) {
      return (
        keeperOf(id)
          .groups()
          .find(({ name }) => name === id)?.size ?? 0
      );
    },
    setSize: (id, size) => keeperOf(id).scale(id, size, actor),
    destroyInstances: (id, instances) => keeperOf(id).destroyInstances(id, instances, actor),
  };
}

/** A stored declaration in InfraKit's own case: its keys were taken in any. */
function specOf(data: JsonObject): GroupSpec {
  const find = (wanted: string) => Object.entries(data).find(([key]) => key.toLowerCase() === wanted)?.[1];
  const properties = find("properties");
  return { ID: String(find("id") ?? ""), Properties: isObject(properties) ? properties : {} };
}

/** A container may run as a number that no account has. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
