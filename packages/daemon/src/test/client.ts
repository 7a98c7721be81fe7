import { request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One call to a daemon, over its socket. */
export async function ask(socket: string, method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const call = request({ socketPath: socket, method, path, headers, agent: false }, async (response) => {
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
  });
  call.on("error", reject);
  call.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
