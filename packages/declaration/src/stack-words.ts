/** Muster's own words in a stack, as JSON Schema: what `policies.ts` and `resources.ts` read. */
import { type JsonObject, MAX_SIZE } from "@muster/model";

export function text(description: string): JsonObject {
  return { type: "string", description };
}

export function texts(description: string): JsonObject {
  return { type: "array", items: { type: "string" }, description };
}

/** Nothing else may stand in it. */
export function mapping(description: string, properties: JsonObject): JsonObject {
  return { type: "object", description, properties, additionalProperties: false };
}

function duration(description: string): JsonObject {
  return { type: "string", pattern: "^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$", minLength: 2, description };
}

function amount(description: string): JsonObject {
  const count = { type: "integer", minimum: 0, maximum: MAX_SIZE };
  return { anyOf: [count, { type: "string", pattern: "^(\\d|[1-9]\\d|100)%$" }], description };
}

function count(description: string, minimum: number, maximum: number): JsonObject {
  return { type: "integer", minimum, maximum, description };
}

export const ROLLOUT = mapping("How a change is carried through the group", {
  maxUnavailable: amount("How many may be away, or a share of them"),
  maxSurge: amount("How many may be there beyond the size, or a share of them"),
  minReady: duration("A new member counts when it has been healthy for so long"),
  initialDelay: duration("For so long after it came to be, a failing member is still called starting"),
  healthyDeadline: duration("A new member must count by then, or it has failed"),
  progressDeadline: duration("A rollout that gets no further for so long has failed"),
  canary: count("So many are changed first; the others follow when these are promoted", 0, MAX_SIZE),
  bake: duration("The canaries are promoted when they have been healthy for so long; by hand unless told"),
  onFailure: { enum: ["pause", "revert"], description: "What is done when the rollout fails" },
  drainTimeout: duration("A member is given so long to leave by itself"),
});

export const REPAIR = mapping("How members that fail are replaced", {
  breaker: {
    ...{ type: "string", pattern: "^([1-9]|[1-9]\\d|100)%$" },
    description: "Nothing is destroyed where this share of them fails together",
  },
  maxInFlight: count("How many may be under repair at once", 1, MAX_SIZE),
  quarantineAfter: count("A revision that has failed so often in a row is quarantined", 1, 1_000),
  createsPerHour: count("Never more creates in an hour than this", 1, 10 * MAX_SIZE),
});

const COMMAND_WORDS: JsonObject = {
  command: { ...texts("A program and its arguments; no shell reads them"), minItems: 1 },
  timeout: duration("How long it may take; 10 s unless told"),
};

export const COMMAND: JsonObject = { ...mapping("A command", COMMAND_WORDS), required: ["command"] };

export const NOTIFY_COMMAND: JsonObject = {
  ...mapping("A command that is run after it was changed", {
    ...COMMAND_WORDS,
    settle: duration("How long what it told needs to follow; 1 s unless told"),
  }),
  required: ["command"],
};

/** What is changed is no whole stack, and `null` takes away: an editor can only know that it is a mapping. */
export const TRY: JsonObject = mapping("How `muster try` copies the stack", {
  change: { type: "object", description: "Over what is declared, in every copy; `null` takes away" },
  platforms: {
    ...{ type: "object", additionalProperties: { type: ["object", "null"] } },
    description: "A copy for each, by name: over what is declared",
  },
  asIs: texts("Groups, and addresses of resources, that are left as declared though the real ones are the same things"),
});
