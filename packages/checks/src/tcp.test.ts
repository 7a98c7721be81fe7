import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { probeTcp } from "./tcp.ts";
import { deadPort, rawServer } from "./test/listeners.ts";

const NEVER = new AbortController().signal;
const timeoutMs = 20_000;

it("passes where somebody listens, and hangs up at once", async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const port = await rawServer(resolve);
  expect(await probeTcp({ host: "127.0.0.1", port, timeoutMs }, NEVER)).toEqual({ kind: "pass" });
  await once((await promise).resume(), "close");
});

it("fails where nobody does", async () => {
  const port = await deadPort();
  const reason = `127.0.0.1:${port} refused the connection`;
  expect(await probeTcp({ host: "127.0.0.1", port, timeoutMs }, NEVER)).toEqual({ kind: "fail", reason });
});

it("cannot tell of a name that is not known, of a port that is none, or after it was let go", async () => {
  const unknown = { kind: "unknown" };
  expect(await probeTcp({ host: "nobody.invalid", port: 80, timeoutMs: 3_000 }, NEVER)).toMatchObject(unknown);
  expect(await probeTcp({ host: "127.0.0.1", port: 123_456, timeoutMs }, NEVER)).toMatchObject(unknown);
  expect(await probeTcp({ host: "127.0.0.1", port: 1, timeoutMs }, AbortSignal.abort())).toMatchObject(unknown);
});
