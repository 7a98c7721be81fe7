import type { JsonObject, MarkCodec, Marking, Tags } from "@muster/model";
import { configHashes } from "./hash.ts";

type InfrakitMarking = Extract<Marking, { kind: "infrakit" }>;

/** InfraKit's tag for a member's name. */
export const LOGICAL_ID = "infrakit.logical_id";
const GROUP = "infrakit.group";
const CONFIG_SHA = "infrakit.config_sha";
const CONFIG_HASH = "infrakit.config.hash";
const INTENT = "muster.intent";

/**
 * How the members of an InfraKit group are marked, so that InfraKit and Muster can take over each other's groups: a
 * new member bears the hash that the InfraKit of this declaration's form looks for, and any era's hash is current.
 *
 * @param properties the group's `Properties` as written; the hashes are taken over nothing else.
 */
export function infrakitMarking(properties: JsonObject): InfrakitMarking {
  const { walkthrough, v01, master } = configHashes(properties);
  const sizeInFlavor = !Object.keys(properties).some((key) => key.toLowerCase() === "allocation");
  if (sizeInFlavor) {
    return { kind: "infrakit", written: { [CONFIG_SHA]: walkthrough }, accepted: [walkthrough, v01, master] };
  }
  return {
    kind: "infrakit",
    written: { [CONFIG_SHA]: v01, [CONFIG_HASH]: master },
    accepted: [master, v01, walkthrough],
  };
}

/** The one name of the declared revision, whichever era's hash a member bears. */
export function infrakitRevision(marking: InfrakitMarking): string {
  return marking.accepted[0];
}

/** The marks of one InfraKit group. Its stack has the group's own name: InfraKit knows no stacks. */
export function infrakitMarks(marking: InfrakitMarking): MarkCodec {
  return {
    owned: (_stack, owner) => ({ [GROUP]: owner }),
    write: (mark) => ({
      [GROUP]: mark.owner,
      ...marking.written,
      ...(mark.slot === undefined ? {} : { [LOGICAL_ID]: mark.slot }),
      ...(mark.intent === undefined ? {} : { [INTENT]: mark.intent }),
    }),
    read(tags) {
      const owner = tags[GROUP];
      if (!owner) return undefined;
      const slot = tags[LOGICAL_ID];
      const intent = tags[INTENT];
      return {
        stack: owner,
        owner,
        revision: revisionOf(tags, marking),
        ...(slot ? { slot } : {}),
        ...(intent ? { intent } : {}),
      };
    },
  };
}

/** A member of the group that bears no hash: it belongs to the group, and is of no revision that anybody declared. */
const UNMARKED = "unmarked";

function revisionOf(tags: Tags, marking: InfrakitMarking): string {
  const borne = [tags[CONFIG_HASH] ?? "", tags[CONFIG_SHA] ?? ""].filter((hash) => hash !== "");
  if (borne.some((hash) => marking.accepted.includes(hash))) return infrakitRevision(marking);
  return borne[0] ?? UNMARKED;
}
