/** A service that keeps the stack `farm`, with the cows of a plugin process among its types. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type House, openHouse, type Running } from "./house.ts";

const COWS = fileURLToPath(new URL("./cows.ts", import.meta.url));

export interface Farm {
  readonly house: House;
  readonly serve: Running;
}

/** Resolves when all its groups are as declared. */
export async function openFarm(groups: object): Promise<Farm> {
  const house = await openHouse();
  await house.start("plugin", "run", COWS).says("serves");
  const serve = house.start("serve");
  await serve.says("serving at");
  await house.write("farm.json", { stack: "farm", groups });
  expect(await house.run("apply", "farm.json", "--yes")).toMatchObject({ code: 0, err: "" });
  return { house, serve };
}
