import { request } from "node:http";
import type { Json } from "@muster/model";

/** A call to an engine as anybody else makes it: nothing of Muster's is in it. Throws where it is refused. */
export function raw(
  socket: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Json | NodeJS.ReadableStream,
): Promise<string> {
  const isStream = typeof body === "object" && body !== null && "pipe" in body;
  const headers = { "content-type": isStream ? "application/x-tar" : "application/json" };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path, agent: false, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        if ((response.statusCode ?? 0) < 400) resolve(text);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
      });
    });
    asked.on("error", reject);
    if (isStream && typeof body.pipe === "function") body.pipe(asked);
    else asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The number of the first process in a container, as this machine counts. */
export async function pidOf(socket: string, id: string): Promise<number> {
  const { State } = JSON.parse(await raw(socket, "GET", `/containers/${id}/json`));
  return State.Pid;
}
