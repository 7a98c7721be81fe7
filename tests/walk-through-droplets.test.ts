/**
 * The walk-through of Puppet's droplets, as Muster tells it: what Puppet said after an hour, and with a droplet switched off,
 * is said here before anything is touched.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { simulated } from "../packages/providers/digitalocean/src/test/simulated.ts";
import { MUSTER } from "./crash/run.ts";
import { openExample } from "./support/example-room.ts";

/** The account's time goes on by so much with each request: what takes a minute there is over at the first or second look. */
const TICK_MS = 60_000;

async function openAccount() {
  const account = await simulated();
  account.tickPerRequestMs = TICK_MS;
  const env = { DIGITALOCEAN_API_URL: account.url, DIGITALOCEAN_TOKEN: account.token };
  const room = openExample("droplets", env);

  /** What the command said, on either stream, and its exit code. */
  function muster(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    return new Promise((resolve) => {
      const options = { cwd: room.folder, env: { ...process.env, HOME: room.home, XDG_RUNTIME_DIR: "", ...env } };
      execFile(process.execPath, [MUSTER, ...words], options, (error, out, err) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, out, err });
      });
    });
  }

  return { account, room, muster };
}

const changing = ["POST", "PUT", "DELETE", "PATCH"];

it("says at once what cannot be, and touches nothing", { timeout: 60_000 }, async () => {
  const { account, muster } = await openAccount();
  account.panel.addDroplet({
    name: "test-digitalocean",
    region: "lon1",
    size: "s-1vcpu-1gb",
    ipv6: true,
    privateNetworking: true,
  });

  const plan = await muster("plan", "pair.yaml");
  expect(plan.code).toBe(2);
  await expect(plan.out).toMatchFileSnapshot("walk-through/plan.txt");

  const apply = await muster("apply", "pair.yaml", "--yes");
  expect(apply.code).toBe(1);
  await expect(apply.err.slice(apply.err.indexOf("error["))).toMatchFileSnapshot("walk-through/refusal.txt");

  expect(account.requests.filter(({ method }) => changing.includes(method))).toEqual([]);
});

it("makes what can be, takes in what is there, and changes nothing the second time", { timeout: 60_000 }, async () => {
  const { account, room, muster } = await openAccount();
  account.panel.addDroplet({
    name: "test-digitalocean",
    region: "lon1",
    size: "s-1vcpu-1gb",
    ipv6: true,
    privateNetworking: true,
  });
  room.edit("pair.yaml", "      ipv6: false\n      private_networking: false\n", "");
  room.edit("pair.yaml", "size: s-1vcpu-512mb-10gb", "size: s-1vcpu-2gb");

  const first = await muster("apply", "pair.yaml", "--yes", "--detailed-exitcodes");
  expect(first).toMatchObject({ code: 2 });
  const droplets = account.state.droplets();
  expect(droplets.map(({ name, size, status }) => [name, size, status]).toSorted()).toEqual([
    ["test-digitalocean", "s-1vcpu-2gb", "active"],
    ["test-digitalocean-1", "s-1vcpu-1gb", "active"],
  ]);

  const before = account.requests.length;
  expect(await muster("apply", "pair.yaml", "--yes", "--detailed-exitcodes")).toMatchObject({ code: 0 });
  expect(await muster("plan", "pair.yaml")).toMatchObject({ code: 0 });
  expect(account.requests.slice(before).filter(({ method }) => changing.includes(method))).toEqual([]);

  expect(await muster("destroy", "pair.yaml", "--yes")).toMatchObject({ code: 0 });
  expect(account.state.droplets()).toEqual([]);
});

it("makes a fleet by a function, and a file of its addresses; one protected droplet keeps all of it", {
  timeout: 60_000,
}, async () => {
  const { account, room, muster } = await openAccount();
  room.edit("fleet.ts", "/srv/fleet", room.folder);
  mkdirSync(room.folder, { recursive: true });
  expect(await muster("apply", "fleet.ts", "--yes")).toMatchObject({ code: 0 });
  expect(readFileSync(join(room.folder, "hosts"), "utf8")).toMatch(/^[\d.]+ web-lon1\n[\d.]+ web-ams3\n$/);
  expect(await muster("destroy", "fleet.ts", "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("protected"),
  });
  expect(account.state.droplets()).toHaveLength(2);
});
