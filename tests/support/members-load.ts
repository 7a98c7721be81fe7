/** Somebody who asks those whom a file names, one after the other, until told that it is enough. */
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { setTimeout as pass } from "node:timers/promises";

export interface MembersLoad {
  /** What was answered: how often. Whoever was not answered stands there with the reason. */
  readonly answers: ReadonlyMap<string, number>;
  count(): number;
  end(): Promise<void>;
}

const REST_MS = 20;

/**
 * @param file holds a URL in each line; it is read before each request, as whoever stands in front of them does
 * @param what of an answer counts
 */
export function beginMembersLoad(file: string, what: (body: string) => string): MembersLoad {
  const answers = new Map<string, number>();
  let asked = 0;
  let isEnough = false;

  async function askOn(): Promise<void> {
    while (!isEnough) {
      const urls = readFileSync(file, "utf8").split("\n").filter(Boolean);
      const url = urls[asked++ % urls.length];
      const answer = url === undefined ? "there is nobody" : await answerOf(url, what);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await pass(REST_MS);
    }
  }

  const asking = askOn();
  return {
    answers,
    count: () => asked,
    async end() {
      isEnough = true;
      await asking;
    },
  };
}

function answerOf(url: string, what: (body: string) => string): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 10_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("error", (error) => resolve(`cut off: ${error.message}`));
      response.once("end", () => resolve(`${response.statusCode} ${what(text)}`));
    });
    request.once("timeout", () => request.destroy(new Error("no answer in time")));
    request.once("error", (error) => resolve(`not answered: ${error.message}`));
  });
}
