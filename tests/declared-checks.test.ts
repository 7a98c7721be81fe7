/** Checks that are declared: they gate a rollout of real servers, and are asked as long as somebody keeps the stack. */
import { mkdir } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type House, openHouse } from "../packages/cli/src/test/house.ts";
import { endAllAtHome } from "./support/left-behind.ts";

/** Healthy whatever it says; what it says is its version's. */
const SERVER = `
  import { createServer } from "node:http";
  createServer((request, response) => {
    response.end(request.url === "/health" ? "well" : "hello from " + process.env.SAYS + "\\n");
  }).listen(Number(process.env.PORT), "127.0.0.1");
`;

const stackOf = (says: string, more: object = {}, group: object = {}) => ({
  stack: "shop",
  groups: {
    web: {
      size: 2,
      template: {
        process: {
          ...{ command: process.execPath, args: ["server.mjs"], port: "${self.port}" },
          env: { PORT: "${self.port}", SAYS: says },
        },
      },
      flavor: { http: { url: "http://127.0.0.1:${self.port}/health", timeout: "5s" } },
      rollout: { minReady: "200ms" },
      checks: [{ http: "http://127.0.0.1:${self.port}/", title: "the page", body: { contains: "version" } }],
      ...group,
    },
  },
  ...more,
});

async function openShop(): Promise<House> {
  const house = await openHouse();
  onTestFinished(async () => {
    await house.close();
    await endAllAtHome(house.dir);
  });
  await house.write("server.mjs", SERVER);
  await house.start("serve").says("serving at");
  return house;
}

/** The declaration with the place of its program. */
const at = (house: House, stack: ReturnType<typeof stackOf>) =>
  JSON.parse(JSON.stringify(stack).replaceAll('"server.mjs"', JSON.stringify(house.path("server.mjs"))));

describe("checks of a group", { timeout: 120_000 }, () => {
  it("hold up a change whose members are healthy and do something else", async () => {
    const house = await openShop();
    const apply = async (says: string, group: object = {}) => {
      await house.write("shop.json", at(house, stackOf(says, {}, group)));
      return house.run("apply", "shop.json", "--yes");
    };
    expect((await apply("version 1")).err).toBe("");
    expect((await apply("version 2")).code).toBe(0);
    const held = await apply("a stranger");
    expect([held.code, held.err]).toEqual([1, expect.stringContaining("rollout.failed")]);
    expect(held.err).toContain('check the page: body: expected contains "version", found another text');
    // What it says is nobody's business.
    expect(held.err + held.out).not.toContain("a stranger");
    const described = (await house.run("group", "describe", "web")).out;
    expect(described).toMatch(/ChecksHold +no +ChecksFail +p-.*: check the page: body/);
    expect(described).toContain("failed 0/2");

    // Who mends the check has it tried again.
    const mended = await apply("a stranger", { checks: [{ port: "${self.port}", listening: true }] });
    expect([mended.code, mended.err]).toEqual([0, ""]);
    expect((await house.run("group", "describe", "web")).out).toMatch(/ChecksHold +yes +ChecksHold/);
  });

  it("have a change taken back where that is its policy", async () => {
    const house = await openShop();
    const apply = async (says: string) => {
      const rollout = { minReady: "200ms", onFailure: "revert" };
      await house.write("shop.json", at(house, stackOf(says, {}, { rollout })));
      return house.run("apply", "shop.json", "--yes");
    };
    expect((await apply("version 1")).code).toBe(0);
    const back = await apply("a stranger");
    expect([back.code, back.err]).toEqual([1, expect.stringContaining("rollout.reverted")]);
    expect((await house.run("group", "ls")).out).toContain("reverted 2/2");
  });
});

describe("checks of a stack and its resources", { timeout: 120_000 }, () => {
  it("are asked at the end of an apply, and told as long as somebody keeps the stack", async () => {
    const house = await openShop();
    const folder = house.path("etc");
    const file = `${folder}/motd`;
    const stack = {
      ...{ stack: "host", providers: { file: { root: folder }, directory: { root: folder } } },
      resources: {
        file: { [file]: { content: "hello\n", checks: [{ file: "${self.path}", content: { contains: "hello" } }] } },
      },
      checks: [
        { title: "somebody was here", file: house.path("here"), exists: true },
        { file: `\${file.${file}.path}`, exists: true },
      ],
    };
    await mkdir(folder);
    await house.write("host.json", stack);
    const failed = await house.run("apply", "host.json", "--yes");
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("checks.failed")]);
    expect(failed.err).toContain("1 of 3 checks do not hold: somebody was here: exists: expected true, found false");
    const described = (await house.run("stack", "describe", "host")).out;
    expect(described).toMatch(/ChecksHold +no +ChecksFail +check somebody was here: exists/);
    expect(described).toContain(`file \${self.path}`);

    await house.write("here", "");
    const applied = await house.run("apply", "host.json", "--yes");
    expect([applied.code, applied.err]).toEqual([0, ""]);
    const events = (await house.run("events", "--type", "check")).out;
    expect(events.split("\n").map((line) => line.replace(/^\S+ \S+ /, ""))).toEqual([
      "! host  check somebody was here: exists: expected true, found false",
      "= host  check somebody was here: holds again",
      "",
    ]);
    const kept = JSON.parse((await house.run("stack", "describe", "host", "--output", "json")).out);
    expect(kept.checks.condition).toMatchObject({ name: "ChecksHold", holds: true, message: "3 checks hold" });
  });

  it("that nobody can tell end an apply with 4", async () => {
    const house = await openShop();
    await mkdir(house.path("etc"));
    await house.write("host.json", {
      ...{ stack: "host", providers: { file: { root: house.path("etc") } } },
      resources: { file: { [house.path("etc/motd")]: { content: "" } } },
      checks: [{ dns: "nobody.invalid", server: "127.0.0.1:9", timeout: "100ms", resolves: true }],
    });
    const { code, err } = await house.run("apply", "host.json", "--yes");
    expect([code, err]).toEqual([4, expect.stringContaining("checks.unknown")]);
  });
});
