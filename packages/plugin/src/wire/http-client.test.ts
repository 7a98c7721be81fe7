import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listenRaw, temporaryFolder } from "../testing/sockets.ts";
import { callHttp } from "./http-client.ts";

const call = { method: "POST", path: "/", body: "{}" } as const;

describe("a call", () => {
  it("waits for its turn where more want in than the system lets wait", async () => {
    const path = join(await temporaryFolder(), "narrow");
    const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    await listenRaw(path, (socket) => socket.once("data", () => socket.end(answer)), 1);
    const calls = Array.from({ length: 50 }, () => callHttp({ kind: "unix", path }, call, 20_000));
    expect((await Promise.all(calls)).every((each) => each.body === "ok")).toBe(true);
  });

  it("is not made when nobody waits for it any more", async () => {
    const path = join(await temporaryFolder(), "asked");
    let asked = 0;
    await listenRaw(path, () => asked++);
    const made = callHttp({ kind: "unix", path }, call, 20_000, AbortSignal.abort());
    await expect(made).rejects.toMatchObject({ failure: "refused" });
    expect(asked).toBe(0);
  });
});
