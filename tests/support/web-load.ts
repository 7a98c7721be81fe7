/** People who ask a web server for pages, one page after the other, until they are told that it is enough. */
import { Agent, get } from "node:http";
import { setTimeout as pass } from "node:timers/promises";

export interface Load {
  /** What was answered, of all of them: how often. Whoever was not answered stands there with the reason. */
  readonly answers: ReadonlyMap<string, number>;
  count(): number;
  end(): Promise<void>;
}

export interface LoadAsked {
  readonly port: number;
  readonly people: number;
  /** Every so many-th of anybody's requests is for a page that takes its time. */
  readonly slowEvery: number;
  /** Nobody asks for more than so many pages. */
  readonly most: number;
}

const REST_MS = 2;

/** Half of the people keep their connection, and half make a new one for each page. */
export function beginLoad({ port, people, slowEvery, most }: LoadAsked): Load {
  const answers = new Map<string, number>();
  let isEnough = false;

  async function askOn(keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    for (let asked = 1; !isEnough && asked <= most; asked++) {
      const answer = await askedFor(port, asked % slowEvery === 0 ? "/slow" : "/", agent);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await pass(REST_MS);
    }
    agent.destroy();
  }

  const all = Promise.all(Array.from({ length: people }, (_, person) => askOn(person % 2 === 0)));
  return {
    answers,
    count: () => [...answers.values()].reduce((sum, each) => sum + each, 0),
    async end() {
      isEnough = true;
      await all;
    },
  };
}

/** `200 version 1`, or what became of it. */
function askedFor(port: number, path: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent, timeout: 10_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("error", (error) => resolve(`cut off: ${error.message}`));
      response.once("end", () => resolve(`${response.statusCode} ${text.split(",")[0]?.trim()}`));
    });
    request.once("timeout", () => request.destroy(new Error("no answer in time")));
    request.once("error", (error) => {
      // A server may close a connection on which nobody is asking anything, and a worker of nginx that ends does. Where that
      // meets a request under way, nothing has been done for it, and it is sent again: by every browser too (RFC 9112, 9.3.1).
      const wasClosed = request.reusedSocket && "code" in error && error.code === "ECONNRESET";
      resolve(wasClosed ? askedFor(port, path, agent) : error.message);
    });
  });
}
