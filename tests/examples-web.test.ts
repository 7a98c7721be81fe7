/** Three web servers behind nginx, as examples/web has them: Debian's nginx, the real command, real processes, people who ask. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ExampleRoom, openExample, until } from "./support/example-room.ts";
import { freePort } from "./support/free-port.ts";
import { environmentOf, pidsAtHome, wordsOf } from "./support/left-behind.ts";
import { beginLoad } from "./support/web-load.ts";

const hasNginx = existsSync("/usr/sbin/nginx");
if (!hasNginx)
  process.stdout.write("There is no nginx here (Debian: nginx-light): examples/web is not tried behind it\n");

const PEOPLE = { people: 8, slowEvery: 40, most: 5_000 };

describe.skipIf(!hasNginx)("three web servers behind nginx", () => {
  it("are rolled to a new version under load, and no request is lost or sent twice", { timeout: 120_000 }, async () => {
    const shop = await openShop();
    const before = (await asked(shop)).length;
    const load = beginLoad({ ...PEOPLE, port: shop.port });
    await until(() => load.count() > 500, shop.said);
    shop.room.edit("shop.yaml", 'VERSION: "1"', 'VERSION: "2"');
    await until(() => shop.said().includes("is everywhere"), shop.said);
    const enough = load.count() + 500;
    await until(() => load.count() > enough, shop.said);
    await load.end();

    const lines = (await asked(shop)).slice(before);
    // Where nginx had to ask a second server, both stand there.
    expect(lines.filter((line) => !/" 200 from 127\.0\.0\.1:\d+ in /.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(load.count());
    expect([...load.answers.keys()].sort()).toEqual(["200 version 1", "200 version 2"]);
    expect(await versionsOf(shop.port)).toEqual(new Set(["version 2"]));
  });

  it("stand in for one that is killed with -9, and it comes back", { timeout: 120_000 }, async () => {
    const shop = await openShop();
    const before = await serversOf(shop);
    const load = beginLoad({ ...PEOPLE, port: shop.port });
    await until(() => load.count() > 500, shop.said);
    const [killed = ""] = before.keys();
    process.kill(serverOf(killed, shop.room), "SIGKILL");
    await until(() => shop.said().includes(`${killed} is unhealthy: killed by SIGKILL`), shop.said);
    const after = await until(async () => {
      const now = await serversOf(shop);
      return now.size === 3 && !now.has(killed) && now;
    }, shop.said);
    const [place = ""] = [...after].flatMap(([id, each]) => (before.has(id) ? [] : [each]));
    // Its old life has failed so often that nginx leaves it alone for ten seconds, unless its file has changed since.
    await until(async () => (await namesOf(shop.port)).has(place), shop.said);
    await load.end();

    // Whoever was being answered by it was asked for once more, by nginx, at another one: it may, since nothing but looks
    // were asked for (`proxy_next_upstream` is `error timeout` unless told).
    expect([...load.answers.keys()]).toEqual(["200 version 1"]);
  });

  it("are found again by the next Muster, nginx too, and nothing is started twice", { timeout: 120_000 }, async () => {
    const shop = await openShop();
    const before = commandsAt(shop.room);
    expect(before).toHaveLength(4);
    await shop.end();
    expect(await namesOf(shop.port)).toEqual(new Set(["web/0", "web/1", "web/2"]));
    const said = shop.room.watch("shop.yaml").said;
    await until(() => said().includes("3 of 3 as declared") && said().includes("1 of 1 as declared"), said);
    expect(said()).not.toContain("created");
    expect(commandsAt(shop.room)).toEqual(before);
  });

  it("go although there is no nginx any more that could be told", { timeout: 120_000 }, async () => {
    const shop = await openShop();
    await shop.room.muster("group", "destroy", "door", "--yes");
    await until(() => shop.said().includes("shop/door  destroyed, down to the last member"), shop.said);
    await shop.room.muster("group", "destroy", "web", "--yes");
    await until(() => shop.said().includes("shop/web  destroyed, down to the last member"), shop.said);
    expect(shop.said()).not.toContain("by force");
    expect(commandsAt(shop.room)).toEqual([]);
  });
});

describe("the server", () => {
  it("that is asked to end ends what it has begun, and takes nothing new", async () => {
    const port = await freePort();
    const file = join(import.meta.dirname, "../examples/web/server.mjs");
    const env = { PORT: String(port), VERSION: "7" };
    const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
    const exit = once(child, "exit");
    await until(
      () => said.includes("listens"),
      () => said,
    );
    const slow = page(port, "/slow");
    await until(
      () => said.includes("a slow page"),
      () => said,
    );
    child.kill("SIGTERM");
    await until(
      () => said.includes("asked to end"),
      () => said,
    );
    await expect(page(port, "/")).rejects.toThrow("ECONNREFUSED");
    expect(await slow).toBe("version 7, served by web\n");
    expect(await exit).toEqual([0, null]);
  });
});

interface OpenShop {
  readonly room: ExampleRoom;
  readonly port: number;
  readonly said: () => string;
  end(): Promise<void>;
}

/** The example in a folder of its own, where everybody is up and can be reached. */
async function openShop(): Promise<OpenShop> {
  const room = openExample("web");
  const port = await freePort();
  room.edit("shop.yaml", "/srv/shop", room.folder);
  room.edit("shop.yaml", "8080", String(port));
  const { said, end } = room.watch("shop.yaml");
  const conf = join(room.folder, "front-door/web.conf");
  await until(() => existsSync(conf) && readFileSync(conf, "utf8").match(/server 127\.0\.0\.1/g)?.length === 3, said);
  await until(async () => (await namesOf(port)).size === 3, said);
  // Until then a worker of nginx may still go on with the file in which there was nobody.
  await until(() => /changed; in: web\/.*was told of/s.test(said()), said);
  return { room, port, said, end };
}

/** What nginx has written down of each request. */
async function asked({ room }: OpenShop): Promise<readonly string[]> {
  return (await room.muster("instance", "logs", "door/0")).match(/^".*" \d+ from .*$/gm) ?? [];
}

/** The servers that are ready, by id: their places. */
async function serversOf({ room }: OpenShop): Promise<ReadonlyMap<string, string>> {
  const lines = (await room.muster("instance", "ls", "web")).matchAll(/^(p-\S+) +\S*\/(web) +(\d+) +ready /gm);
  return new Map(Array.from(lines, ([, id = "", group, slot]) => [id, `${group}/${slot}`]));
}

/** The number of the server itself: not of its leader. */
function serverOf(id: string, { home }: ExampleRoom): number {
  const found = pidsAtHome(home).find((pid) => {
    return environmentOf(pid)["MUSTER_PROCESS"]?.includes(id) && wordsOf(pid).slice(1).join() === "server.mjs";
  });
  if (found === undefined) throw new Error(`${id} has no process`);
  return found;
}

/** The numbers of the servers, and of nginx itself: its workers come and go with its configuration. */
function commandsAt({ home }: ExampleRoom): readonly number[] {
  return pidsAtHome(home).filter((pid) => {
    const [program = "", ...words] = wordsOf(pid);
    return words.join() === "server.mjs" || program.startsWith("nginx: master");
  });
}

/** Enough pages that everybody who is there has served one. */
async function pages(port: number): Promise<readonly string[]> {
  const all = Array.from({ length: 12 }, () => page(port, "/").catch(() => ""));
  return (await Promise.all(all)).filter((text) => text.startsWith("version"));
}

async function versionsOf(port: number): Promise<ReadonlySet<string>> {
  return new Set((await pages(port)).map((text) => text.split(",")[0] ?? ""));
}

async function namesOf(port: number): Promise<ReadonlySet<string>> {
  return new Set((await pages(port)).map((text) => text.trim().split(" ").at(-1) ?? ""));
}

function page(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("end", () => resolve(text));
      response.once("error", reject);
    });
    request.once("error", reject);
  });
}
