import { isObject, type Json, type JsonObject } from "@muster/model";
import type { GroupRole, GroupSpec } from "../infrakit/group-role.ts";
import { describe } from "../infrakit/spec.ts";
import { countField, field, flagField, objectField, textField, textsField } from "../wire/fields.ts";
import { ALL_ERAS, echo, type InfrakitMethod, LATER } from "./method.ts";

const SPEC: JsonObject = { ID: "", Properties: {} };
const MASTER = ["master"] as const;

/** The role "Group", and the "Metadata" that later clients look for beside it (there is none). */
export function groupMethods(group: GroupRole | undefined): readonly InfrakitMethod[] {
  if (group === undefined) return [];
  return [
    {
      name: "Group.CommitGroup",
      eras: ALL_ERAS,
      params: { Name: "", Spec: SPEC, Pretend: false },
      result: { Name: "", ID: "", Details: "" },
      async run(params) {
        const spec = objectField(params, "Spec");
        const id = textField(spec, "ID");
        if (id === "") throw new Error("Group ID must not be blank");
        const declared = { ID: id, Properties: objectField(spec, "Properties") };
        const details = await group.commit(declared, flagField(params, "Pretend"));
        return { ...named(params, id, {}), Details: details };
      },
    },
    {
      name: "Group.DescribeGroup",
      eras: ALL_ERAS,
      params: { Name: "", ID: "" },
      result: { Name: "", ID: "", Description: { Instances: null, Converged: false } },
      async run(params) {
        const id = textField(params, "ID");
        const { instances, converged } = await group.describe(id);
        const described = instances.map((each) => describe(each, isLater(params)));
        return { ...named(params, id, {}), Description: { Instances: described, Converged: converged } };
      },
    },
    {
      name: "Group.DestroyGroup",
      eras: ALL_ERAS,
      params: { Name: "", ID: "" },
      result: { Name: "", ID: "" },
      async run(params) {
        const id = textField(params, "ID");
        await group.destroy(id);
        return named(params, id);
      },
    },
    {
      name: "Group.DestroyInstances",
      eras: MASTER,
      params: { Name: "", ID: "", Instances: null },
      result: { Name: "", ID: "" },
      async run(params) {
        const id = textField(params, "ID");
        await group.destroyInstances(id, textsField(params, "Instances"));
        return named(params, id);
      },
    },
    {
      name: "Group.FreeGroup",
      eras: ALL_ERAS,
      params: { Name: "", ID: "" },
      result: { Name: "", ID: "" },
      async run(params) {
        const id = textField(params, "ID");
        await group.free(id);
        return named(params, id);
      },
    },
    {
      name: "Group.InspectGroups",
      eras: ALL_ERAS,
      params: { Name: "", ID: "" },
      result: { Name: "", ID: "", Groups: null },
      async run(params) {
        const specs = (await group.inspect()).map((each) => completed(each, isLater(params)));
        return { ...named(params, textField(params, "ID"), {}), Groups: specs };
      },
    },
    {
      name: "Group.SetSize",
      eras: MASTER,
      params: { Name: "", ID: "", Size: 0 },
      result: { Name: "", ID: "" },
      async run(params) {
        const id = textField(params, "ID");
        await group.setSize(id, countField(params, "Size"));
        return named(params, id);
      },
    },
    {
      name: "Group.Size",
      eras: MASTER,
      params: { Name: "", ID: "" },
      result: { Name: "", ID: "", Size: 0 },
      async run(params) {
        const id = textField(params, "ID");
        return { ...named(params, id), Size: await group.size(id) };
      },
    },
    {
      name: "Metadata.Get",
      eras: LATER,
      params: { Name: "", Path: null },
      result: { Name: "", Value: null },
      run: async (params) => ({ ...echo(params, "Name"), Value: null }),
    },
    {
      name: "Metadata.Keys",
      eras: LATER,
      params: { Name: "", Path: null },
      result: { Name: "", Nodes: null },
      run: async (params) => ({ ...echo(params, "Name"), Nodes: null }),
    },
  ];
}

/** Master's clients name the group plugin that they mean, also where the name is empty. */
function isLater(params: JsonObject): boolean {
  return field(params, "Name") !== undefined;
}

/** Master's answers name the group; earlier ones say that it was done. */
function named(params: JsonObject, id: string, earlier: JsonObject = { OK: true }): JsonObject {
  return isLater(params) ? { ...echo(params, "Name"), ID: id } : earlier;
}

/** A declaration with the fields that InfraKit's programs would have put in. */
function completed({ ID, Properties }: GroupSpec, later: boolean): JsonObject {
  const { Allocation, Updating, ...rest } = Properties;
  return {
    ID,
    Properties: {
      ...rest,
      ...(Allocation === undefined ? {} : { Allocation: over({ Size: 0, LogicalIDs: null }, Allocation) }),
      ...(later ? { Updating: over({ Duration: "0s", Count: 0, SkipBeforeInstanceDestroy: null }, Updating) } : {}),
    },
  };
}

function over(defaults: JsonObject, given: Json | undefined): JsonObject {
  return isObject(given) ? { ...defaults, ...given } : defaults;
}
