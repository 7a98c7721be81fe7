/** The dialect of October 2016: a path per call, plain JSON in and out, 400 when it failed. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import type { Caller, Purpose } from "../client/caller.ts";
import { field, flagField } from "../wire/fields.ts";
import { parseJson } from "../wire/json-rpc.ts";
import type { FlavorCalls, InstanceCalls } from "./calls.ts";
import { descriptionOf, provisionedOf } from "./rpc.ts";

export function walkthroughInstance(caller: Caller): InstanceCalls {
  return {
    async validate(properties) {
      await ask(caller, "Instance.Validate", properties, "ask");
    },
    async provision(spec, signal) {
      const answer = await ask(caller, "Instance.Provision", spec, "act", signal);
      return provisionedOf(caller, isObject(answer) ? answer : {});
    },
    async describe(tags, signal) {
      const answer = await ask(caller, "Instance.DescribeInstances", tags, "ask", signal);
      if (!Array.isArray(answer)) throw caller.unusable("Instance.DescribeInstances", "it is not a list");
      return answer.map((each) => descriptionOf(caller, each));
    },
    async destroy(id, signal) {
      await ask(caller, `Instance.Destroy/${encodeURIComponent(id)}`, undefined, "act", signal);
    },
  };
}

export function walkthroughFlavor(caller: Caller): FlavorCalls {
  return {
    async validate(properties, allocation) {
      await ask(caller, "Flavor.Validate", sized(properties, allocation), "ask");
    },
    async prepare(properties, spec, allocation) {
      const body = { Properties: sized(properties, allocation), InstanceSpec: spec };
      const answer = await ask(caller, "Flavor.PreProvision", body, "act");
      if (!isObject(answer)) throw caller.unusable("Flavor.PreProvision", "it is not a Spec");
      return answer;
    },
    async healthy(_properties, instance) {
      const answer = await ask(caller, "Flavor.Healthy", instance, "ask");
      if (!isObject(answer) || field(answer, "Healthy") === undefined) {
        throw caller.unusable("Flavor.Healthy", "it does not say whether it is healthy");
      }
      return flagField(answer, "Healthy")
        ? { kind: "pass" }
        : { kind: "fail", reason: "the flavor plugin calls it unhealthy" };
    },
  };
}

/** In this dialect a flavor's properties tell the size of the group. */
function sized(properties: JsonObject, { Size = 0, LogicalIDs = null }: JsonObject): JsonObject {
  return LogicalIDs === null ? { Size, ...properties } : { LogicalIDs, ...properties };
}

/** True when the plugin knows the path: it answers it, or refuses what is in the body. Nothing is touched by asking. */
export async function knows(caller: Caller, path: "Instance.Validate" | "Flavor.Validate"): Promise<boolean> {
  const { status } = await caller.post(`/${path}`, "{}", "probe");
  if (status === 404) return false;
  if (status === 200 || status === 400) return true;
  throw caller.unusable(path, `it has the status ${status}`, status);
}

/** The answer to a call; null for an empty one. */
async function ask(
  caller: Caller,
  call: string,
  body: JsonObject | undefined,
  purpose: Purpose,
  signal?: AbortSignal,
): Promise<Json> {
  const sent = body === undefined ? "" : JSON.stringify(body);
  const { status, body: text } = await caller.post(`/${call}`, sent, purpose, signal);
  if (status !== 200 && status !== 400) throw caller.unusable(call, `it has the status ${status}`, status);
  const answer = text === "" ? null : parseJson(text);
  if (status === 400) throw caller.failed(call, reasonOf(answer));
  if (answer === undefined) throw caller.unusable(call, "it is not JSON");
  return answer;
}

function reasonOf(answer: Json | undefined): string {
  const error = isObject(answer) ? answer["error"] : undefined;
  return typeof error === "string" ? error : "it does not say why";
}
