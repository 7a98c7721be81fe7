import type { ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { engineAt } from "./engine/engine.ts";
import { pullsFrom, taggedImage } from "./pull.ts";
import { answering, ctx } from "./test/answers.ts";

const over = new AbortController().signal;

describe("an image", () => {
  it.each([
    ["web", "web:latest"],
    ["web:1", "web:1"],
    ["registry:5000/web", "registry:5000/web:latest"],
    ["registry:5000/web:1", "registry:5000/web:1"],
    ["web@sha256:abc", "web@sha256:abc"],
  ])("%s is fetched as %s, and never in all of its versions", (image, tagged) => {
    expect(taggedImage(image)).toBe(tagged);
  });

  it("that many want is fetched once", async () => {
    const fetches: ServerResponse[] = [];
    const { socket } = await answering({
      "POST /images/create": (response) => {
        fetches.push(response);
      },
    });
    const pulls = pullsFrom(engineAt(socket), over);
    const all = Promise.all([1, 2, 3].map(() => pulls.pull("web:1", ctx.signal)));
    await vi.waitFor(() => expect(fetches).toHaveLength(1));
    fetches[0]?.end('{"status":"Pulling"}\n{"status":"Done"}\n');
    await all;
    expect(fetches).toHaveLength(1);
  });

  it("that cannot be fetched says why, though the engine had begun to", async () => {
    const { socket } = await answering({
      "POST /images/create": (response) => response.end('{"status":"Pulling"}\n{"error":"manifest unknown"}\n'),
    });
    await expect(pullsFrom(engineAt(socket), over).pull("web:1", ctx.signal)).rejects.toMatchObject({
      kind: "retryable",
      message: "the image web:1 cannot be fetched: manifest unknown",
    });
  });

  it("whose fetch breaks off may be there or not", async () => {
    const { socket } = await answering({
      "POST /images/create": (response) => {
        response.write('{"status":"Pulling"}\n');
        setImmediate(() => response.destroy());
      },
    });
    await expect(pullsFrom(engineAt(socket), over).pull("web:1", ctx.signal)).rejects.toMatchObject({
      kind: "unknown",
    });
  });

  it("is not waited for by whoever goes", async () => {
    const { socket } = await answering({ "POST /images/create": () => undefined });
    const going = new AbortController();
    const fetched = pullsFrom(engineAt(socket), over).pull("web:1", going.signal);
    going.abort();
    await expect(fetched).rejects.toMatchObject({ kind: "retryable" });
  });
});
