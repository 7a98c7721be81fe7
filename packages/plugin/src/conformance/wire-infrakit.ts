import { isObject, type JsonObject } from "@muster/model";
import type { Era } from "../infrakit/dialects.ts";
import { parseJson } from "../wire/json-rpc.ts";
import type { Raw } from "./raw.ts";
import { demand, type Statement } from "./statement.ts";

/** The handshake of each era: a method that can be asked without parameters. */
export const HANDSHAKE: Readonly<Record<Era, string>> = {
  "v0.1": "Plugin.Implements",
  "v0.5": "Handshake.Implements",
  master: "Handshake.Hello",
};

/** What InfraKit's clients of the JSON-RPC eras rely on, beside JSON-RPC itself. */
export function eraStatements(raw: Raw, era: Era): readonly Statement[] {
  const method = HANDSHAKE[era];
  return [
    {
      says: "parameters may stand in a list of one",
      next: "Take `params: [{…}]` as `params: {…}`: InfraKit's clients send both.",
      async check() {
        const answer = await raw.rpc(method, [{}]);
        demand(answer.kind === "result", "the same answer as without the list", answer);
      },
    },
    {
      says: "names of methods are told apart by their case",
      next: "Compare names of methods letter by letter.",
      async check() {
        const answer = await raw.rpc(method.toLowerCase(), {});
        demand(answer.kind === "fault", `an error for ${method.toLowerCase()}`, answer);
      },
    },
  ];
}

/** What the walk-through's clients rely on: a path per call, plain JSON, 400 when it failed. */
export function walkthroughStatements(raw: Raw, has: { readonly instance: boolean }): readonly Statement[] {
  const act = has.instance ? "/Instance.Provision" : "/Flavor.PreProvision";
  const ask = has.instance ? "/Instance.Validate" : "/Flavor.Validate";
  return [
    {
      says: "a path that is not there is answered with 404",
      next: "Answer 404 to every path that is no call.",
      async check() {
        const { status } = await raw.send("{}", { path: "/Conformance.NoSuchCall" });
        demand(status === 404, "status 404", status);
      },
    },
    {
      says: "half a request is answered with 400 and why",
      next: 'Answer what cannot be done with status 400 and `{"error": "…"}`.',
      async check() {
        const { status, body } = await raw.send('{"Tags": {"half', { path: act });
        const answer = parseJson(body);
        const isTold = status === 400 && isObject(answer) && typeof answer["error"] === "string";
        demand(isTold, 'status 400 and {"error": "…"}', `status ${status}: ${body}`);
      },
    },
    {
      says: "it goes on after a request that it refused",
      next: "Keep serving when a request cannot be understood.",
      async check() {
        await raw.send("[1]", { path: act });
        const { status } = await raw.send(JSON.stringify(sized), { path: ask });
        demand(status === 200 || status === 400, `an answer to ${ask}`, `status ${status}`);
      },
    },
  ];
}

/** In the walk-through a flavor's properties tell the size of the group too. */
export const sized: JsonObject = { Size: 1 };
