/** A container's life on a real Docker Engine. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { presence } from "@muster/plugin";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { freePort } from "../support/free-port.ts";
import { bytesOf, ctx, houseAt, SLEEPER, until } from "./support/containers.ts";
import { IMAGE } from "./support/image.ts";
import { pidOf, raw } from "./support/raw.ts";

const docker = inject("docker");

describe.skipIf(docker === "")("a container", () => {
  it("is made as it is declared", async () => {
    const house = await houseAt(docker, { PASSWORD: "s3same" });
    const folder = mountFolder();
    writeFileSync(join(folder, "given"), "from outside\n");
    const show = "id -u; pwd; echo $PLAIN $HIDDEN; cat /in/given; touch /in/no /no 2>/dev/null || echo closed";
    const id = await house.make({
      entrypoint: ["/bin/sh"],
      command: ["-c", show],
      env: { PLAIN: "a=b c", HIDDEN: { secret: { env: "PASSWORD" } } },
      user: "ann",
      workdir: "/tmp",
      mounts: [{ source: folder, target: "/in", readOnly: true }],
      readOnly: true,
      capDrop: ["ALL"],
      init: true,
    });
    const printed = await bytesOf(house.provider.logs?.(id, { follow: true }, ctx) ?? nothing());
    expect(printed.toString().trim().split("\n")).toEqual(["1000", "/tmp", "a=b c s3same", "from outside", "closed"]);
    const { HostConfig } = JSON.parse(await raw(docker, "GET", `/containers/${id}/json`));
    expect(HostConfig).toMatchObject({ CapDrop: ["ALL"], Init: true, RestartPolicy: { Name: "no" } });
  });

  it("bears a name that tells whose it is, and is known by its labels", async () => {
    const house = await houseAt(docker);
    const mark = { "muster.v": "1", "muster.stack": "shop", "muster.owner": "web", "muster.slot": "3" };
    const tags = { ...house.tags, ...mark, "muster.revision": "r1" };
    const { id } = await house.provider.create(SLEEPER, tags, ctx);
    const { Name } = JSON.parse(await raw(docker, "GET", `/containers/${id}/json`));
    expect(Name).toMatch(/^\/muster-shop-web-3-[0-9a-f]{12}$/);
    expect(await house.see(id)).toMatchObject({ id, tags, phase: "running", properties: { image: IMAGE } });
  });

  it("publishes its port on the loopback, and nowhere else", async () => {
    const house = await houseAt(docker);
    const ports = [{ container: 80, host: String(await freePort()) }];
    const { networks: _, ...networked } = SLEEPER;
    const want = { ...networked, command: ["httpd", "-f", "-p", "80", "-h", "/etc"], ports };
    const { id } = await house.provider.create(want, house.tags, ctx);
    const page = await until(
      () => fetched(Number(ports[0]?.host)),
      (text) => text !== "",
      "an answer",
    );
    expect(page).toContain("root:x:0:0");
    const { NetworkSettings } = JSON.parse(await raw(docker, "GET", `/containers/${id}/json`));
    expect(NetworkSettings.Ports["80/tcp"]).toEqual([{ HostIp: "127.0.0.1", HostPort: ports[0]?.host }]);
  });

  it("is in all of its networks", async () => {
    const house = await houseAt(docker);
    const names = ["muster-test-a", "muster-test-b"];
    for (const Name of names) await raw(docker, "POST", "/networks/create", { Name, Internal: true });
    const id = await house.make({ networks: names });
    const { NetworkSettings } = JSON.parse(await raw(docker, "GET", `/containers/${id}/json`));
    expect(Object.keys(NetworkSettings.Networks).sort()).toEqual(names);
    await house.provider.destroy(id, ctx);
    for (const name of names) await raw(docker, "DELETE", `/networks/${name}`);
  });

  it("has its limits changed while it lives, and stays the same one", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ memory: 64 << 20 });
    const pid = await pidOf(docker, id);
    const before = await house.see(id);
    expect(before?.properties).toMatchObject({ memory: 64 << 20, cpus: 0, pids: 0 });
    if (before === undefined) throw new Error("it is not there");
    await house.provider.update?.(before, { ...SLEEPER, memory: 32 << 20, cpus: 0.57, pids: 20 }, ctx);
    expect(await house.see(id)).toEqual({
      ...before,
      properties: { ...before.properties, memory: 32 << 20, cpus: 0.57, pids: 20 },
    });
    expect(await pidOf(docker, id)).toBe(pid);
    expect(cgroupLimit(pid)).toBe(32 << 20);
  });

  it("does not lose a limit while it lives: the engine cannot, and says so", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ memory: 64 << 20, pids: 5 });
    const from = await house.see(id);
    if (from === undefined) throw new Error("it is not there");
    await expect(house.provider.update?.(from, { ...SLEEPER, memory: 0 }, ctx)).rejects.toMatchObject({
      kind: "invalid",
    });
    await house.provider.update?.(from, { ...SLEEPER, pids: 0 }, ctx);
    expect((await house.see(id))?.properties).toMatchObject({ memory: 64 << 20, pids: 0 });
  });

  it("whose limits somebody else changed is seen as it is", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ pids: 5 });
    expect((await house.see(id))?.properties.pids).toBe(5);
    const over = new AbortController();
    onTestFinished(() => over.abort());
    house.provider.watch?.(() => undefined, over.signal);
    await until(
      async () => {
        await raw(docker, "POST", `/containers/${id}/update`, { PidsLimit: 7 });
        return (await house.see(id))?.properties.pids;
      },
      (pids) => pids === 7,
      "the new limit",
    );
  });

  it("is starting until its health check passes, and running then", async () => {
    const house = await houseAt(docker);
    const health = { command: ["test", "-e", "/tmp/well"], interval: "100ms", timeout: "5s", startPeriod: "1m" };
    const id = await house.make({ health });
    expect(await house.see(id)).toMatchObject({ phase: "starting" });
    await run(house, id, ["touch", "/tmp/well"]);
    await until(
      () => house.see(id),
      (seen) => seen?.phase === "running",
      "it to run",
    );
  });

  it("fails when its health check does, and is well when that passes again", async () => {
    const house = await houseAt(docker);
    const health = { command: ["test", "!", "-e", "/tmp/ill"], interval: "100ms", timeout: "5s", retries: 2 };
    const id = await house.make({ health });
    const healthy = await until(
      () => house.see(id),
      (seen) => seen?.phase === "running",
      "it to run",
    );
    expect(healthy && presence(healthy)).toEqual({ kind: "pass" });
    await run(house, id, ["touch", "/tmp/ill"]);
    const ill = await until(
      () => house.see(id),
      (seen) => seen?.ill !== undefined,
      "it to be ill",
    );
    expect(ill && presence(ill)).toMatchObject({
      kind: "fail",
      reason: expect.stringMatching(/^its health check failed \d+ times in a row, at last with code 1$/),
    });
    await run(house, id, ["rm", "/tmp/ill"]);
    await until(
      () => house.see(id),
      (seen) => seen !== undefined && seen.ill === undefined,
      "it to be well",
    );
  });

  it("that ignores being asked is killed when its time is over, and is gone with its volumes", async () => {
    const house = await houseAt(docker);
    const id = await house.make({
      command: ["sh", "-c", "trap '' TERM; sleep 1000 & wait; wait"],
      stop: { timeout: "1s" },
    });
    const pid = await pidOf(docker, id);
    await house.provider.destroy(id, ctx);
    expect(await house.seen()).toEqual([]);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await house.provider.destroy(id, ctx);
  });

  it("that ends in its own way is let", async () => {
    const house = await houseAt(docker);
    const folder = mountFolder();
    const id = await house.make({
      command: [
        "sh",
        "-c",
        "trap 'echo bye > /out/said; exit 0' USR1; touch /out/ready; while true; do sleep 0.05; done",
      ],
      mounts: [{ source: folder, target: "/out" }],
      stop: { signal: "SIGUSR1", timeout: "30s" },
    });
    const read = async (name: string) => (await bytesFrom(join(folder, name)))?.toString();
    await until(
      () => read("ready"),
      (text) => text !== undefined,
      "its trap",
    );
    await house.provider.destroy(id, ctx);
    expect(await read("said")).toBe("bye\n");
  });

  it("that is paused runs and tells so, and can be destroyed", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    await raw(docker, "POST", `/containers/${id}/pause`);
    expect(await house.see(id)).toMatchObject({ phase: "running", reason: "it is paused" });
    await house.provider.destroy(id, ctx);
    expect(await house.seen()).toEqual([]);
  });

  it("that was made and never started has ended, so that it is replaced", async () => {
    const house = await houseAt(docker);
    const Labels = { ...house.tags, "muster.container": "muster-died-between" };
    await raw(docker, "POST", "/containers/create?name=muster-died-between", { Image: IMAGE, Cmd: ["true"], Labels });
    expect(await house.seen()).toMatchObject([{ phase: "ended", reason: "it was made and never started" }]);
  });
});

describe.skipIf(docker === "")("what is not Muster's", () => {
  it("is not listed by a mark, and not touched by a name", async () => {
    const house = await houseAt(docker);
    const { Id } = JSON.parse(
      await raw(docker, "POST", "/containers/create?name=stranger", { Image: IMAGE, Cmd: ["sleep", "9"] }),
    );
    onTestFinished(async () => {
      await raw(docker, "DELETE", `/containers/${Id}?force=1`);
    });
    const id = await house.make();
    expect((await house.seen()).map((each) => each.id)).toEqual([id]);
    await expect(house.provider.destroy("stranger", ctx)).rejects.toMatchObject({ kind: "invalid" });
    await expect(house.provider.destroy(Id.slice(0, 12), ctx)).rejects.toMatchObject({ kind: "invalid" });
    await raw(docker, "GET", `/containers/${Id}/json`);
  });

  it("is also what somebody made of an image that was committed from a member", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const { Id: image } = JSON.parse(await raw(docker, "POST", `/commit?container=${id}`));
    const { Id: copy } = JSON.parse(await raw(docker, "POST", "/containers/create", { Image: image, Cmd: ["true"] }));
    onTestFinished(async () => {
      await raw(docker, "DELETE", `/containers/${copy}?force=1`);
      await raw(docker, "DELETE", `/images/${image}?force=1`);
    });
    expect((await house.seen()).map((each) => each.id)).toEqual([id]);
    expect(await house.provider.read?.(copy, ctx)).toMatchObject({ id: copy, tags: {} });
  });
});

/** A folder that is seen from inside, whoever runs there. */
function mountFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "muster-mount-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

type House = Awaited<ReturnType<typeof houseAt>>;

async function run({ provider }: House, id: string, command: readonly [string, ...string[]]): Promise<void> {
  const execution = await provider.exec?.(id, { command }, ctx);
  for await (const _ of execution?.output ?? []) {
    // It has nothing to say.
  }
  expect(await execution?.ended).toEqual({ kind: "exited", code: 0 });
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}

async function bytesFrom(path: string): Promise<Buffer | undefined> {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** What the kernel itself holds it to, in bytes. */
function cgroupLimit(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  const own = lines.find((line) => line.split(":")[1] === "memory")?.split(":")[2];
  if (own !== undefined) return Number(readFileSync(`/sys/fs/cgroup/memory${own}/memory.limit_in_bytes`, "utf8"));
  return Number(readFileSync(`/sys/fs/cgroup${lines[0]?.split(":")[2]}/memory.max`, "utf8"));
}

function fetched(port: number): Promise<string> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port, path: "/passwd", agent: false }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    asked.on("error", () => resolve(""));
  });
}
