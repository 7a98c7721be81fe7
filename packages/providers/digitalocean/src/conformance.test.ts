/** The kit that every plugin is held to. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@muster/model";
import { conform, type OpenType, servePlugin, type Type } from "@muster/plugin";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type DropletProperties, dropletProperties } from "./droplet/properties.ts";
import type { DigitaloceanSettings } from "./settings.ts";
import { freshAccount, ioBy, type Opened, opened, SMALL } from "./test/account.ts";
import { realClock } from "./test/simulator/index.ts";

async function conformed({ simulator }: Opened, open: OpenType, properties: JsonObject) {
  const folder = mkdtempSync(join(tmpdir(), "muster-do-"));
  const plugin = {
    name: "d",
    version: "1",
    types: [open],
    flavors: [],
    io: ioBy(simulator.clock),
    socket: `${folder}/d`,
  };
  const served = await servePlugin(plugin);
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const results = [];
  for await (const result of conform(plugin.socket, { properties })) results.push(result);
  expect(results.filter(({ kind }) => kind === "fails")).toEqual([]);
  return results.filter(({ kind }) => kind === "holds").length;
}

it("the type droplet keeps the contract", async () => {
  const account = await freshAccount({ clock: realClock(), everyDropletInVpc: false });
  const { droplets } = account;
  // The kit makes up other values, and must choose one among the sizes that there are.
  const schema = dropletProperties.extend({ size: z.enum(["s-1vcpu-1gb", "s-1vcpu-2gb"]) });
  const type: Type<DropletProperties, DigitaloceanSettings> = { ...account.types.droplet, schema };
  const properties = { ...SMALL, tags: ["web"], backups: false, ipv6: false };
  expect(await conformed(account, { type, provider: droplets }, properties)).toBeGreaterThan(25);
});

it("the type tag keeps the contract", async () => {
  const account = await freshAccount({ clock: realClock() });
  const type = account.types.tag;
  const provider = await opened(account, type);
  expect(await conformed(account, { type, provider }, { name: "{id}" })).toBeGreaterThan(20);
});

it("the type digitalocean-domain keeps the contract", async () => {
  const account = await freshAccount({ clock: realClock() });
  const type = account.types.domain;
  const provider = await opened(account, type);
  expect(await conformed(account, { type, provider }, { name: "{id}.example" })).toBeGreaterThan(20);
});
