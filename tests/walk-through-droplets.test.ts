/**
 * The walk-through of Puppet's droplets, as Muster tells it: what Puppet said after an hour, and with a droplet switched off,
 * is said here before anything is touched.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
  expect(apply.code).toBe(2);
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
    code: 2,
    err: expect.stringContaining("protected"),
  });
  expect(account.state.droplets()).toHaveLength(2);
});

const GROUP = `stack: fleet
groups:
  web:
    size: 2
    template:
      droplet:
        name: web-\${self.slot}
        region: ams3
        size: s-2vcpu-4gb
        image: debian-12-x64
        ipv6: true
    rollout: { minReady: 0s }
`;

async function openGroup(text: string) {
  const opened = await openAccount();
  const write = (...edits: readonly (readonly [string, string])[]) => {
    const edited = edits.reduce((all, [from, to]) => {
      if (!all.includes(from)) throw new Error(`it does not say ${from}`);
      return all.replace(from, to);
    }, text);
    writeFileSync(join(opened.room.folder, "group.yaml"), edited);
  };
  write();
  expect(await opened.muster("apply", "group.yaml", "--yes")).toMatchObject({ code: 0 });
  const before = opened.account.requests.length;
  const touched = () => opened.account.requests.slice(before).filter(({ method }) => changing.includes(method));
  return { ...opened, write, touched };
}

it("says of a group what it says of single droplets, refuses it whole, and touches nothing", {
  timeout: 120_000,
}, async () => {
  const { muster, write, touched, account } = await openGroup(GROUP);
  const size = ["size: s-2vcpu-4gb", "size: s-1vcpu-1gb"] as const;
  const refused = [
    { edits: [size], says: "group `web`: its disk has 80 GB and s-1vcpu-1gb has 25 GB: a disk cannot shrink", at: 9 },
    { edits: [["ipv6: true", "ipv6: false"]], says: "IPv6 cannot be switched off once a droplet has it", at: 11 },
    { edits: [["region: ams3", "region: ams9"]], says: "s-2vcpu-4gb is not sold in ams9", at: 8 },
    { edits: [["debian-12-x64", "debian-99"]], says: "DigitalOcean has no image debian-99", at: 10 },
    {
      edits: [
        ["size: s-2vcpu-4gb", "size: c-2"],
        ["ams3", "lon1"],
      ],
      says: "c-2 is not sold in lon1: it is sold in nyc3, fra1",
      at: 8,
    },
  ] as const;
  for (const { edits, says, at } of refused) {
    write(...edits);
    const plan = await muster("plan", "group.yaml");
    expect([plan.code, plan.out]).toEqual([2, expect.stringContaining(says.replace("group `web`: ", "impossible: "))]);
    const apply = await muster("apply", "group.yaml", "--yes");
    expect([apply.code, apply.err]).toEqual([2, expect.stringContaining(says)]);
    expect(apply.err).toContain("error[group.impossible]");
    expect(apply.err).toContain(`group.yaml:${at}:`);
  }
  expect(touched()).toEqual([]);
  expect(account.state.droplets()).toHaveLength(2);
});

it("asks before all members of a group get what can never be taken back, and once only", {
  timeout: 240_000,
}, async () => {
  const { muster, write, touched, account } = await openGroup(
    GROUP.replace("        ipv6: true\n", "").replace("size: 2", "size: 1"),
  );
  write(["image: debian-12-x64", "image: debian-12-x64\n        ipv6: true"]);
  const plan = await muster("plan", "group.yaml");
  expect([plan.code, plan.out]).toEqual([2, expect.stringContaining("held: `ipv6` can never be changed back")]);
  const apply = await muster("apply", "group.yaml", "--yes", "--detailed-exitcodes");
  expect([apply.code, apply.err]).toEqual([1, expect.stringContaining("error[group.needs-consent]")]);
  expect(apply.err).toContain("group.yaml:11:");
  expect(touched()).toEqual([]);

  expect(await muster("plan", "group.yaml", "--allow", "irreversible")).toMatchObject({ code: 3 });
  expect(await muster("apply", "group.yaml", "--yes", "--allow", "irreversible")).toMatchObject({ code: 0 });
  expect(account.state.droplets().every(({ ipv6 }) => ipv6)).toBe(true);
  // One more is made as was agreed to, and nobody is asked again.
  write(["image: debian-12-x64", "image: debian-12-x64\n        ipv6: true"], ["size: 1", "size: 2"]);
  expect(await muster("plan", "group.yaml")).toMatchObject({ code: 3 });
});

it("tells of each member what it costs, and how long it is away", { timeout: 120_000 }, async () => {
  const { muster, write } = await openGroup(GROUP);
  write(["size: s-2vcpu-4gb", "size: s-4vcpu-8gb"], ["size: 2", "size: 3"]);
  const plan = await muster("plan", "group.yaml");
  expect(plan.code).toBe(3);
  await expect(plan.out).toMatchFileSnapshot("walk-through/plan-group.txt");
});
