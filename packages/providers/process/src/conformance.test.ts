/** The kit that every plugin is held to. */
import { type ConformOptions, conform, servePlugin } from "@muster/plugin";
import { expect, it, onTestFinished } from "vitest";
import { processType } from "./index.ts";
import { freshDirectory, freshProvider, io } from "./test/room.ts";

it("keeps the contract", { timeout: 120_000 }, async () => {
  const { provider } = await freshProvider();
  const socket = `${freshDirectory()}/process`;
  const served = await servePlugin({
    name: "p",
    version: "1",
    types: [{ type: processType, provider }],
    flavors: [],
    io,
    socket,
  });
  onTestFinished(() => served.close());
  const options: ConformOptions = { properties: { command: "/bin/sleep", args: ["1000"] } };
  const results = await all(conform(socket, options));
  expect(results.filter(({ kind }) => kind === "fails")).toEqual([]);
  expect(results.filter(({ kind }) => kind === "holds").length).toBeGreaterThan(30);
});

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of items) found.push(each);
  return found;
}
