import { CONSENTS } from "@muster/model";
import { MAX_ID, MAX_LINES, MAX_WORDS } from "@muster/plugin";

/** What a request must look like, in JSON Schema: fastify refuses the rest before anything is called. */

/** As names of users are; it stands in the history. */
const actor = { type: "string", pattern: "^[\\w.@+-]{1,128}$" };

const body = (properties: object, required: readonly string[]) => ({
  body: { type: "object", properties: { actor, ...properties }, required: ["actor", ...required] },
});

const document = {
  type: "object",
  properties: { dialect: { enum: ["muster", "infrakit"] }, data: { type: "object" } },
  required: ["dialect", "data"],
};

const source = { type: "string", minLength: 1, maxLength: 4096 };

/** What is asked for together with a declaration. */
const beside = { allow: { type: "array", items: { enum: CONSENTS }, maxItems: 8 }, prune: { type: "boolean" } };

/** Whoever asks what would be changes nothing, and needs no name. */
export const PLAN = {
  body: { type: "object", properties: { document, source, ...beside }, required: ["document", "source"] },
};
/** Who only asks needs no name either. */
export const ASK_CHECKS = {
  body: {
    type: "object",
    properties: { stack: { type: "string", minLength: 1, maxLength: MAX_ID } },
    required: ["stack"],
  },
};
export const APPLY = body(
  { document, source, pretend: { type: "boolean" }, ...beside, expected: { type: "string", maxLength: 128 } },
  ["document", "source"],
);
export const DESTROY = body({ stack: { type: "string", minLength: 1, maxLength: MAX_ID } }, ["stack"]);
export const ASKED = body({}, []);
/** The declaration's own rules say which sizes there may be. */
export const SCALE = body({ size: { type: "number" } }, ["size"]);
export const EXEC = body({ command: { type: "array", items: { type: "string" }, minItems: 1, maxItems: MAX_WORDS } }, [
  "command",
]);
export const CONSOLE = body(
  { lines: { type: "integer", minimum: 0, maximum: MAX_LINES }, follow: { type: "boolean" } },
  [],
);
/** The tool's own rule says which arguments there may be. */
export const TOOL = body({ argument: { type: "string", maxLength: MAX_ID } }, []);
export const REPLACE = body({ force: { type: "boolean" } }, []);
export const DESTROY_INSTANCES = body(
  { instances: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 100_000 } },
  ["instances"],
);
