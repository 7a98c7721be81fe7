/** What every plugin that speaks JSON-RPC is held to, Muster's own and InfraKit's. */
import { MAX_REQUEST } from "../wire/limits.ts";
import { answerOrHangUp, type Raw } from "./raw.ts";
import { demand, type Statement } from "./statement.ts";

/** Beyond 2^53: a JSON parser that reads numbers as floating point cannot hold them. */
const LONG_IDS = ["5577006791947779410", "9223372036854775807"];

/** @param method one that can be asked without parameters and touches nothing. */
export function rpcStatements(raw: Raw, method: string): readonly Statement[] {
  const goesOn = async () => {
    const answer = await raw.rpc(method, {});
    demand(answer.kind === "result", `an answer to ${method} afterwards`, answer);
  };
  return [
    {
      says: "an id of 63 bits comes back digit for digit",
      next: "Keep the id as the text it was written in: InfraKit's clients send ids above 2^53.",
      async check() {
        for (const id of LONG_IDS) {
          const { body } = await raw.send(`{"jsonrpc":"2.0","method":"${method}","params":{},"id":${id}}`);
          demand(new RegExp(`"id"\\s*:\\s*${id}\\s*[,}]`).test(body), `"id":${id}`, body.match(/"id"[^,}]*/)?.[0]);
        }
      },
    },
    {
      says: "GET is refused with 405",
      next: "Answer the path / to POST only.",
      async check() {
        const { status } = await raw.send("", { method: "GET" });
        demand(status === 405, "status 405", status);
      },
    },
    {
      says: "another content type is refused with 415",
      next: "Take `application/json`, or none, and answer 415 to all others.",
      async check() {
        const body = JSON.stringify({ jsonrpc: "2.0", method, params: {}, id: 1 });
        const { status } = await raw.send(body, { contentType: "text/xml" });
        demand(status === 415, "status 415", status);
      },
    },
    {
      says: "a method that is not there is answered with an error",
      next: 'Answer 200 with `{"jsonrpc":"2.0","error":{"code":-32000,"message":"…","data":null},"id":…}`.',
      async check() {
        const answer = await raw.rpc("Conformance.NoSuchMethod", {});
        demand(answer.kind === "fault", "an error with a code and a message", answer);
      },
    },
    {
      says: "another version of JSON-RPC is answered with an error",
      next: "Refuse requests whose `jsonrpc` is not 2.0.",
      async check() {
        const { status, body } = await raw.send(`{"jsonrpc":"1.0","method":"${method}","params":{},"id":1}`);
        demand(status === 200 && /"error"\s*:\s*\{/.test(body), "status 200 and an error", `status ${status}: ${body}`);
      },
    },
    {
      says: "half a request is survived",
      next: "Answer what is not JSON with nothing, or with an error, and go on serving.",
      async check() {
        await answerOrHangUp(raw.send('{"jsonrpc":"2.0","method":"mus'));
        await goesOn();
      },
    },
    {
      says: "a request that is too big is survived",
      next: "Read no more of a request than 8 MiB: answer 413, or hang up.",
      async check() {
        await answerOrHangUp(raw.send(`"${"x".repeat(MAX_REQUEST + 1)}"`));
        await goesOn();
      },
    },
  ];
}
