import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { waysFor } from "./image-run-ports.ts";

/** A port that nobody has, and one that somebody listens on. */
async function ports(): Promise<readonly [free: number, taken: number]> {
  const [free, taken] = [createServer(), createServer()];
  for (const server of [free, taken]) await once(server.listen(0, "127.0.0.1"), "listening");
  const [one, other] = [free, taken].map(portOf);
  await once(free.close(), "close");
  onTestFinished(() => void taken.close());
  return [one ?? 0, other ?? 0];
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const asked = (guests: readonly number[], ...given: readonly string[]) =>
  waysFor({ name: "hello", guests, given, movable: new Set(guests) });

describe("the ports of what runs", () => {
  it("are led to from the same number, and from another where somebody has it", async () => {
    const [free, taken] = await ports();
    const [first, second] = await asked([free, taken]);
    expect(first).toEqual({ guest: free, host: free });
    expect(second?.guest).toBe(taken);
    expect(second?.host).toBeGreaterThanOrEqual(20_000);
    expect(second?.host).toBeLessThan(30_000);
  });

  it("are led to from where one says: the first, unless told", async () => {
    const [free] = await ports();
    expect(await asked([80, 90], String(free))).toMatchObject([{ guest: 80, host: free }, { guest: 90 }]);
    expect(await asked([80, free], "1234:80")).toEqual([
      { guest: 80, host: 1234 },
      { guest: free, host: free },
    ]);
  });

  it("do not take a number that another one was told to have", async () => {
    const [free] = await ports();
    const [first, second] = await asked([free, 90], `${free}:90`);
    expect(second).toEqual({ guest: 90, host: free });
    expect(first?.host).not.toBe(free);
  });

  it("stay where they are where nobody tells the program", async () => {
    const [free, taken] = await ports();
    const fixed = { name: "hello", movable: new Set<number>() };
    expect(await waysFor({ ...fixed, guests: [taken], given: [] })).toEqual([{ guest: taken, host: taken }]);
    expect(await waysFor({ ...fixed, guests: [free], given: [String(free)] })).toHaveLength(1);
    await expect(waysFor({ ...fixed, guests: [free], given: ["1"] })).rejects.toThrow(`it listens on ${free}, and not`);
  });

  it.each([
    [["http"], "`http` is no port"],
    [["0"], "`0` is no port"],
    [["65536:80"], "`65536:80` is no port"],
    [["8080:81"], "it has no port 81"],
    [["8080:80", "8080:90"], "8080 leads to two ports"],
  ])("are not what %j says", async (given, says) => {
    await expect(asked([80, 90], ...given)).rejects.toThrow(says);
  });

  it("are none where it has none", async () => {
    expect(await asked([])).toEqual([]);
    await expect(asked([], "8080")).rejects.toThrow("`8080` leads nowhere");
  });
});
