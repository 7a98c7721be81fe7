import { describe, expect, it } from "vitest";
import { answerRpc, namedParams, RpcFault, readAnswer } from "./json-rpc.ts";

const echo = async (_method: string, params: unknown) => ({ params });

describe("a JSON-RPC answer", () => {
  it("bears the request's id digit for digit", async () => {
    for (const id of ["5577006791947779410", "9223372036854775807", "1", "-3", '"a\\u0041"', "1.50"]) {
      const answer = await answerRpc(`{"jsonrpc":"2.0","method":"m","params":{"id":1},"id":${id}}`, echo);
      expect(answer).toBe(`{"jsonrpc":"2.0","result":{"params":{"id":1}},"id":${id}}\n`);
    }
  });

  it("is not misled by ids deeper down", async () => {
    const request = '{"id":5577006791947779411,"params":{"id":9007199254740993},"method":"m","jsonrpc":"2.0"}';
    expect(await answerRpc(request, echo)).toMatch(/"id":5577006791947779411\}\n$/);
  });

  it("is empty to what is not a request, and to a request that has no id", async () => {
    for (const text of ["{", "", "null", "5", "[]", '{"jsonrpc":"2.0","method":"m"}', `${"[".repeat(100_000)}`]) {
      expect(await answerRpc(text, echo)).toBe("");
    }
  });

  it("gives a wrong version back, with the digits of its id", async () => {
    const answer = await answerRpc('{"jsonrpc":"1.0","method":"m","params":{},"id":5577006791947779410}', echo);
    expect(answer).toBe(
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"jsonrpc must be 2.0",' +
        '"data":{"jsonrpc":"1.0","method":"m","params":{},"id":5577006791947779410}},"id":5577006791947779410}\n',
    );
  });

  it("tells what was thrown", async () => {
    const request = '{"jsonrpc":"2.0","method":"m","id":1}';
    const failing = async () => {
      throw new Error("no room");
    };
    expect(JSON.parse(await answerRpc(request, failing)).error).toEqual({
      code: -32000,
      message: "no room",
      data: null,
    });
    const denied = async () => {
      throw new RpcFault(-32000, "denied", { kind: "denied" });
    };
    expect(JSON.parse(await answerRpc(request, denied)).error.data).toEqual({ kind: "denied" });
  });
});

describe("parameters", () => {
  it("are an object, a list of one, or nothing", () => {
    expect(namedParams({ a: 1 })).toEqual({ a: 1 });
    expect(namedParams([{ a: 1 }])).toEqual({ a: 1 });
    expect(namedParams([])).toEqual({});
    expect(namedParams(null)).toEqual({});
    expect(namedParams(undefined)).toEqual({});
    expect(() => namedParams("x")).toThrow(RpcFault);
    expect(() => namedParams([5])).toThrow(RpcFault);
  });
});

describe("an answer that comes in", () => {
  it.each([
    ["nothing", ""],
    ["no JSON", "hello"],
    ["half an answer", '{"jsonrpc":"2.0","result":{"a'],
    ["null", "null"],
    ["a result of null", '{"jsonrpc":"2.0","result":null,"id":7}'],
    ["another version", '{"jsonrpc":"1.0","result":{},"id":7}'],
    ["another id", '{"jsonrpc":"2.0","result":{},"id":8}'],
    ["an error without a code", '{"jsonrpc":"2.0","error":{},"id":7}'],
  ])("is rubbish when it is %s", (_what, text) => {
    expect(readAnswer(text, 7).kind).toBe("rubbish");
  });

  it("is a result or a fault", () => {
    expect(readAnswer('{"jsonrpc":"2.0","result":{"a":1},"id":7}', 7)).toEqual({ kind: "result", result: { a: 1 } });
    const fault = readAnswer('{"jsonrpc":"2.0","error":{"code":-32000,"message":"no"},"id":7}', 7);
    expect(fault).toMatchObject({ kind: "fault", fault: { code: -32000, message: "no", data: null } });
  });
});
