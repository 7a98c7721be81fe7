import type { JsonObject, Tags, Verdict } from "@muster/model";

/** What an instance plugin of InfraKit's can be asked, in whichever dialect. Everything thrown is a `CallError` or tells of a wrong field. */
export interface InstanceCalls {
  validate(properties: JsonObject): Promise<void>;
  /** @returns the new instance's id. */
  provision(spec: JsonObject, signal: AbortSignal): Promise<string>;
  /** @returns InfraKit's `Description`s. */
  describe(tags: Tags, signal: AbortSignal): Promise<readonly JsonObject[]>;
  destroy(id: string, signal: AbortSignal): Promise<void>;
  label?(id: string, labels: Tags, signal: AbortSignal): Promise<void>;
}

/** What a flavor plugin of InfraKit's can be asked. */
export interface FlavorCalls {
  validate(properties: JsonObject, allocation: JsonObject): Promise<void>;
  /** @returns the Spec with what the flavor adds. */
  prepare(properties: JsonObject, spec: JsonObject, allocation: JsonObject, index: JsonObject): Promise<JsonObject>;
  /** @param instance InfraKit's `Description`. */
  healthy(properties: JsonObject, instance: JsonObject): Promise<Verdict>;
  drain?(properties: JsonObject, instance: JsonObject, signal: AbortSignal): Promise<void>;
}
