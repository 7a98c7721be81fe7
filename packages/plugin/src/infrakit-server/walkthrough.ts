import { isObject, type JsonObject, messageOf } from "@muster/model";
import type { Ctx, Io } from "../contract.ts";
import { allocationOf, slotsOf } from "../infrakit/allocation.ts";
import { describe, wantOf } from "../infrakit/spec.ts";
import { checked } from "../server/handlers.ts";
import { objectField, tagsOf, WrongField } from "../wire/fields.ts";
import { type HttpReply, type HttpRequest, textReply } from "../wire/http-server.ts";
import { parseJson } from "../wire/json-rpc.ts";
import { healthOf, prepared } from "./flavor.ts";
import { destroy, everything } from "./instance.ts";
import { meant, type Served, type ServedFlavor, type ServedInstance } from "./served.ts";

interface Call {
  /** What the path names after the call. */
  readonly id: string;
  /** The body, which has to be an object. Throws `WrongField`. */
  body(): JsonObject;
  readonly ctx: Ctx;
}

/** Answers one path. Nothing: 200 and an empty body. */
type Answerer = (call: Call) => Promise<object | undefined>;
type Answerers = Readonly<Record<string, Answerer>>;

/** The dialect of October 2016: a path per call, plain JSON in and out, and 400 when it failed. */
export function walkthrough({ instances, flavors }: Served, io: Io): (request: HttpRequest) => Promise<HttpReply> {
  const answerers: Answerers = {
    ...(instances.size > 0 ? instanceAnswerers(() => meant(instances, "")) : {}),
    ...(flavors.size > 0 ? flavorAnswerers(() => meant(flavors, ""), io) : {}),
  };
  return async ({ path, body, signal }) => {
    const [, name = "", id = ""] = path.split("/");
    const answerer = Object.hasOwn(answerers, name) ? answerers[name] : undefined;
    if (answerer === undefined) return notFound();
    try {
      const answer = await answerer({ id: decodeURIComponent(id), body: () => objectOf(body), ctx: { signal } });
      return textReply(200, answer === undefined ? "" : JSON.stringify(answer));
    } catch (thrown) {
      return textReply(400, `{"error": ${JSON.stringify(messageOf(thrown))}}`);
    }
  };
}

export function notFound(): HttpReply {
  return textReply(404, "404 page not found\n", { "X-Content-Type-Options": "nosniff" });
}

function objectOf(body: string): JsonObject {
  const value = parseJson(body);
  if (!isObject(value)) throw new WrongField("the body", "a JSON object");
  return value;
}

function instanceAnswerers(one: () => ServedInstance): Answerers {
  return {
    "Instance.Validate": async ({ body }) => {
      const { type, provider } = one();
      const want = checked(type.schema, { properties: body() });
      await provider.validate?.(want);
      return undefined;
    },
    "Instance.Provision": async ({ body, ctx }) => {
      const { type, provider } = one();
      const { want, tags } = wantOf(body());
      return { ID: (await provider.create(checked(type.schema, want), tags, ctx)).id };
    },
    "Instance.DescribeInstances": async ({ body, ctx }) => {
      const found = await everything(one().provider, tagsOf(body(), "the body"), ctx);
      return found.map((each) => describe(each, false));
    },
    "Instance.Destroy": async ({ id, ctx }) => {
      await destroy(one().provider, id, ctx);
      return undefined;
    },
  };
}

function flavorAnswerers(one: () => ServedFlavor, io: Io): Answerers {
  return {
    "Flavor.Validate": async ({ body }) => {
      const { flavor, read } = one();
      const given = body();
      const properties = read(given);
      const slots = slotsOf(given);
      await flavor.validate?.(properties, slots);
      return allocationOf(slots);
    },
    "Flavor.PreProvision": async ({ body }) => {
      const given = body();
      const properties = objectField(given, "Properties");
      const place = { group: "", sequence: 0, slots: slotsOf(properties) };
      return prepared(one(), properties, objectField(given, "InstanceSpec"), place);
    },
    "Flavor.Healthy": async ({ body }) => {
      const instance = body();
      const verdict = await healthOf(one(), {}, instance, io);
      // This era knows healthy and not. Neither would be true, and either would be acted upon.
      if (verdict.kind === "unknown") throw new Error(verdict.reason);
      return { Healthy: verdict.kind === "pass", Instance: instance };
    },
  };
}
