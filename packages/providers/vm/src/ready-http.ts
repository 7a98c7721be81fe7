/** Whether a guest answers a question by HTTP as it should. */
import type { Ready } from "./properties.ts";

// An import of it would load all that Node has for the web.
const { get } = process.getBuiltinModule("node:http");

type Asked = Extract<Ready, { http: unknown }>["http"];

/** On a connection of its own: one that another try has left may lead to nobody. Rejects where there is no answer. */
export function answers(port: number, { path = "/", status }: Asked, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const request = get({ host: "127.0.0.1", port, path, agent: false, signal }, (answer) => {
    const { statusCode = 0 } = answer;
    answer.destroy();
    resolve(status === undefined ? statusCode >= 200 && statusCode < 400 : statusCode === status);
  });
  request.on("error", reject);
  return promise;
}
