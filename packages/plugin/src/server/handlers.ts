import type { Json, JsonObject } from "@muster/model";
import { ZodError, z } from "zod";
import { asProviderError, type Ctx, ProviderError } from "../contract.ts";
import { BAD_REQUEST, FAILED, namedParams, RpcFault } from "../wire/json-rpc.ts";
import type { Method } from "../wire/methods.ts";

/** A method as it is called: parameters as they came, and an answer that is ready to be written. */
export type Handler = (params: Json | undefined, ctx: Ctx) => Promise<object>;
export type Handlers = ReadonlyMap<string, Handler>;

/** Serves one of Muster's methods: its parameters are checked first, and every failure says its kind. */
export function on<P, R extends object>(
  method: Method<P, R>,
  run: (params: P, ctx: Ctx) => Promise<R>,
): [string, Handler] {
  return [
    method.name,
    async (given, ctx) => {
      const params = method.params.safeParse(namedParams(given));
      if (!params.success) throw new RpcFault(BAD_REQUEST, z.prettifyError(params.error), given ?? null);
      try {
        return await run(params.data, ctx);
      } catch (thrown) {
        throw faultOf(thrown);
      }
    },
  ];
}

export function faultOf(thrown: unknown): RpcFault {
  const { kind, message } = asProviderError(thrown);
  return new RpcFault(FAILED, message, { kind });
}

/** What a caller wants, as its schema reads it. Throws `invalid`. */
export function checked(schema: z.ZodType<JsonObject>, want: JsonObject): JsonObject {
  try {
    return schema.parse(want);
  } catch (thrown) {
    if (thrown instanceof ZodError) throw new ProviderError("invalid", z.prettifyError(thrown), { cause: thrown });
    throw thrown;
  }
}
