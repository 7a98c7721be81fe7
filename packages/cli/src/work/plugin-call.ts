import { MusterError } from "@muster/model";
import { pluginAddress, pluginName } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import { call, NoAnswer } from "../client/http.ts";
import { exactJson, parseExactly } from "./exact-json.ts";
import { pluginFile } from "./plugin-file.ts";

/** Calls one method and prints its result as it came. */
export async function callPlugin(
  this: Cli,
  _flags: Record<never, never>,
  plugin: string,
  method: string,
  params?: string,
): Promise<void> {
  const given = paramsOf(params);
  const file = pluginFile(this, plugin);
  const result = await ask({ name: pluginName(file), file, method }, given);
  this.out.write(`${exactJson(result)}\n`);
}

/** How long an answer is waited for, in milliseconds: a plugin may make something that takes its time. */
const DEADLINE = 600_000;

interface Asked {
  readonly name: string;
  readonly file: string;
  readonly method: string;
}

async function ask({ name, file, method }: Asked, params: string | undefined): Promise<unknown> {
  const address = await pluginAddress(file);
  const body = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)}${params ? `,"params":${params}` : ""}}`;
  const unusable = (detail: string) => new MusterError("plugin.bad-answer", { name, method, detail, socket: file });
  const { status, text } = await call(address, { method: "POST", path: "/", body }, DEADLINE).catch(
    (thrown: unknown) => {
      if (!(thrown instanceof NoAnswer)) throw thrown;
      throw new MusterError("plugin.unreachable", { name, socket: file, detail: thrown.message }, { cause: thrown });
    },
  );
  if (status !== 200) throw unusable(`status ${status}: ${text.slice(0, 200)}`);
  const answer = parseExactly(text);
  if (!isAnswer(answer)) throw unusable("it is no JSON-RPC answer");
  if (answer.error === undefined || answer.error === null) return answer.result ?? null;
  throw new MusterError("plugin.failed", { name, method, detail: faultText(answer.error) });
}

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: unknown;
}

function isAnswer(value: unknown): value is RpcAnswer {
  return typeof value === "object" && value !== null && ("result" in value || "error" in value);
}

function faultText(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return exactJson(error);
}

/** Parameters go as they were typed: whatever they hold stays digit for digit. Throws `usage.bad-value`. */
function paramsOf(params: string | undefined): string | undefined {
  if (params === undefined) return undefined;
  const value = parseExactly(params);
  if (typeof value === "object" && value !== null) return params;
  throw new MusterError("usage.bad-value", {
    what: "params",
    detail: value === undefined ? "this is not JSON" : "neither an object nor a list",
    wanted: `a JSON object, as '{"Tags":{}}'`,
  });
}
