/** The JSON-RPC dialects, v0.1 to the last master: the later ones' fields are passed over by the earlier ones. */
import { isObject, type JsonObject, type Verdict } from "@muster/model";
import type { Caller, Purpose } from "../client/caller.ts";
import { countField, field, listField, objectField, textField } from "../wire/fields.ts";
import { MAX_ID } from "../wire/limits.ts";
import type { FlavorCalls, InstanceCalls } from "./calls.ts";

/** @param type which of the plugin's types is meant; empty for the plugin itself. @param labels false for v0.1, which knew no labels. */
export function rpcInstance(caller: Caller, type: string, labels: boolean): InstanceCalls {
  return {
    async validate(properties) {
      await done(caller, "Instance.Validate", { Type: type, Properties: properties }, "ask");
    },
    async provision(spec, signal) {
      const answer = await caller.rpc("Instance.Provision", { Type: type, Spec: spec }, "act", signal);
      return provisionedOf(caller, answer);
    },
    async describe(tags, signal) {
      const params = { Type: type, Tags: tags, Properties: true };
      const answer = await caller.rpc("Instance.DescribeInstances", params, "ask", signal);
      if (field(answer, "Descriptions") === undefined) {
        throw caller.unusable("Instance.DescribeInstances", "it has no Descriptions");
      }
      return listField(answer, "Descriptions").map((each) => descriptionOf(caller, each));
    },
    async destroy(id, signal) {
      const params = { Type: type, Instance: id, Context: { Reason: "terminate" } };
      await done(caller, "Instance.Destroy", params, "act", signal);
    },
    ...(labels
      ? {
          async label(id, tags, signal) {
            await done(caller, "Instance.Label", { Type: type, Instance: id, Labels: tags }, "act", signal);
          },
        }
      : {}),
  };
}

export function rpcFlavor(caller: Caller, type: string): FlavorCalls {
  return {
    async validate(properties, allocation) {
      await done(caller, "Flavor.Validate", { Type: type, Properties: properties, Allocation: allocation }, "ask");
    },
    async prepare(properties, spec, allocation, index) {
      const params = { Type: type, Properties: properties, Spec: spec, Allocation: allocation, Index: index };
      const answer = await caller.rpc("Flavor.Prepare", params, "act");
      if (!isObject(field(answer, "Spec"))) throw caller.unusable("Flavor.Prepare", "it has no Spec");
      return objectField(answer, "Spec");
    },
    async healthy(properties, instance) {
      const params = { Type: type, Properties: properties, Instance: instance };
      return verdictOf(countField(await caller.rpc("Flavor.Healthy", params, "ask"), "Health"));
    },
    async drain(properties, instance, signal) {
      await done(caller, "Flavor.Drain", { Type: type, Properties: properties, Instance: instance }, "act", signal);
    },
  };
}

/** A call that answers nothing but that it was done. */
async function done(
  caller: Caller,
  method: string,
  params: object,
  purpose: Purpose,
  signal?: AbortSignal,
): Promise<void> {
  const answer = await caller.rpc(method, params, purpose, signal);
  if (field(answer, "OK") === false) throw caller.failed(method, "it says that it was not done");
}

/** The id of the instance that was made. */
export function provisionedOf(caller: Caller, answer: JsonObject): string {
  const id = textField(answer, "ID");
  if (id === "") throw caller.unusable("Instance.Provision", "it names no instance");
  if (id.length > MAX_ID) throw caller.unusable("Instance.Provision", TOO_LONG);
  return id;
}

export function descriptionOf(caller: Caller, value: unknown): JsonObject {
  const id = isObject(value) ? textField(value, "ID") : "";
  if (id.length > MAX_ID) throw caller.unusable("Instance.DescribeInstances", TOO_LONG);
  if (isObject(value) && id !== "") return value;
  throw caller.unusable("Instance.DescribeInstances", "it describes an instance without an ID");
}

const TOO_LONG = `an instance's ID has more than ${MAX_ID} characters`;

function verdictOf(health: number): Verdict {
  if (health === 1) return { kind: "pass" };
  if (health === 2) return { kind: "fail", reason: "the flavor plugin calls it unhealthy" };
  return { kind: "unknown", reason: "the flavor plugin does not know" };
}
