import { type JsonObject, messageOf } from "@muster/model";
import type { Ctx } from "../contract.ts";
import { ERAS, type Era } from "../infrakit/dialects.ts";
import type { Handler } from "../server/handlers.ts";
import { field, textField, WrongField } from "../wire/fields.ts";
import { BAD_REQUEST, FAILED, namedParams, RpcFault } from "../wire/json-rpc.ts";

/** One of InfraKit's JSON-RPC methods. */
export interface InfrakitMethod {
  /** `Role.Verb`, in exactly these letters. */
  readonly name: string;
  /** The eras that had it. */
  readonly eras: readonly Era[];
  /** The last master's parameters and result when everything is empty: what `/info/api.json` shows. */
  readonly params: JsonObject;
  readonly result: JsonObject;
  run(params: JsonObject, ctx: Ctx): Promise<object>;
}

export const ALL_ERAS = ERAS;
/** What v0.1 did not have yet. */
export const LATER: readonly Era[] = ["v0.5", "master"];

export function handlerOf(method: InfrakitMethod): Handler {
  return async (given, ctx) => {
    try {
      return await method.run(namedParams(given), ctx);
    } catch (thrown) {
      if (thrown instanceof RpcFault) throw thrown;
      if (thrown instanceof WrongField) throw new RpcFault(BAD_REQUEST, thrown.message, given ?? null);
      throw new RpcFault(FAILED, messageOf(thrown));
    }
  };
}

/** Later clients name what they mean and look for the name in the answer; v0.1's do neither. */
export function echo(params: JsonObject, name: "Type" | "Name"): JsonObject {
  return field(params, name) === undefined ? {} : { [name]: textField(params, name) };
}
