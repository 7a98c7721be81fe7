/** The kit that every plugin is held to. */
import { type ConformOptions, conform, servePlugin } from "@muster/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { vmType } from "./index.ts";
import { canBoot, freshRoomWithHello, io } from "./test/machines.ts";
import { freshFolder } from "./test/qemu.ts";

describe.skipIf(!canBoot)("the type vm (needs QEMU and a C compiler)", () => {
  it("keeps the contract", { timeout: 120_000 }, async () => {
    const { machines } = await freshRoomWithHello();
    const socket = `${freshFolder()}/vm`;
    const types = [{ type: vmType, provider: machines }];
    const served = await servePlugin({ name: "v", version: "1", types, flavors: [], io, socket });
    onTestFinished(() => served.close());
    const options: ConformOptions = { properties: { image: "hello", ready: { console: '"event":"ready"' } } };
    const results = await all(conform(socket, options));
    expect(results.filter(({ kind }) => kind === "fails")).toEqual([]);
    expect(results.filter(({ kind }) => kind === "holds").length).toBeGreaterThan(30);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of items) found.push(each);
  return found;
}
