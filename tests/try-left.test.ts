/** What a try could not take away: it is told, and goes when what held it is mended. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type House, openHouse } from "../packages/cli/src/test/house.ts";
import { endAllAtHome } from "./support/left-behind.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await endAllAtHome(house.dir);
  await house.close();
});

it("says how to go on where something is left", { timeout: 120_000 }, async () => {
  const directory = house.path("data");
  // Nobody says which of the two is there first: the member, or the directory.
  const script = `until touch ${directory}/written 2>/dev/null; do sleep 0.1; done; exec sleep 600`;
  const writes = { command: "sh", args: ["-c", script] };
  const file = await house.write("held.json", {
    ...{ stack: "held", resources: { directory: { [directory]: {} } } },
    groups: { g: { size: 1, template: { process: writes } } },
    checks: [{ file: `${directory}/written`, exists: true }],
  });
  const { code, out } = await house.run("try", file, "--retry-for", "20s");
  const [, id = ""] = /^held · try (\w+)/.exec(out) ?? [];
  const onwards = `\n  left: muster try destroy ${id}, when what holds it is mended;`;
  expect([code, out]).toEqual([1, expect.stringContaining(onwards)]);
  expect((await house.run("try", "show", id)).out).toContain(onwards);
  const tries = house.path(".local/state/muster/tries");
  rmSync(join(tries, id, "files", directory, "written"));
  expect(await house.run("try", "destroy", id)).toMatchObject({ code: 0, out: `try ${id} of held: destroyed\n` });
  expect(readdirSync(tries)).not.toContain(id);
});
