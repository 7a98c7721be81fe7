/** The life of real machines. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { vmType } from "./index.ts";
import { WORKSHOP } from "./qemu/files.ts";
import {
  booted,
  bytesOf,
  canBoot,
  commandLineOf,
  ctx,
  failureOf,
  freshRoomWithHello,
  get,
  hello,
  hypervisorOf,
  listed,
  seenAs,
  tags,
  unikernel,
} from "./test/machines.ts";
import { until } from "./test/qemu.ts";

describe.skipIf(!canBoot)("a machine (needs QEMU and a C compiler)", () => {
  it("boots its image, is ready when its image's health says so, and answers", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const want = await hello();
    const { id } = await machines.create(want, tags, ctx);
    const seen = await seenAs(machines, id, (each) => each?.phase === "running");
    expect(seen.tags).toEqual(tags);
    expect(seen.properties.image).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(seen.properties.ready).toEqual({ http: { port: 8080, path: "/health" } });
    expect(await get(want.port, "/")).toContain('"greeting":"hi","name":"web-0"');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(`${dir}/${id}`).mode & 0o777).toBe(0o700);
  });

  it("is known again by a Muster that comes later, untouched, and told of to whoever asks for its tags", async () => {
    const { machines, another } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    const pid = hypervisorOf(id);
    const later = await another();
    expect(await listed(later, { "muster.owner": "web" })).toEqual(await listed(machines));
    expect(await listed(later, { "muster.owner": "db" })).toEqual([]);
    expect(hypervisorOf(id)).toBe(pid);
  });

  it("leaves nothing when it is destroyed, and a second time is done too", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    await machines.destroy(id, ctx);
    await machines.destroy(id, ctx);
    expect(() => hypervisorOf(id)).toThrow();
    expect(existsSync(`${dir}/${id}`)).toBe(false);
    expect(readdirSync(`${dir}/ends`)).toEqual([]);
  });

  it("whose directory is removed runs on, and says what cannot be told of it any more", async () => {
    const { machines, another, dir } = await freshRoomWithHello();
    const want = await hello();
    const id = await booted(machines, want);
    rmSync(`${dir}/${id}`, { recursive: true });
    for (const each of [machines, await another()]) {
      expect(await seenAs(each, id, (seen) => seen?.phase === "running")).toMatchObject({
        tags,
        reason: "its directory was removed: what becomes of its guest cannot be heard",
      });
    }
    expect(await get(want.port, "/health")).toContain("healthy");
    await get(want.port, "/exit/3");
    await until(
      async () => ((await listed(machines)).length === 0 ? true : undefined),
      () => "it is still there",
    );
  });

  it("prints on its console, which is read like any log", async () => {
    const { machines } = await freshRoomWithHello();
    const id = await booted(machines, await hello());
    const printed = await bytesOf(machines.logs?.(id, { follow: false }, ctx));
    expect(printed.toString()).toContain('{"event":"ready","name":"web-0"');
    expect(await bytesOf(machines.console?.(id, { follow: false }, ctx))).toEqual(printed);
  });

  it("is ready by a line of its console, or when the guest itself takes a connection", async () => {
    const { machines } = await freshRoomWithHello();
    await booted(machines, await hello({ ready: { console: '"event":"ready"' } }));
    await booted(machines, await hello({ ready: { tcp: { port: 8080 } } }));
  });

  it("is not ready where only QEMU takes the connection, and nobody inside", async () => {
    const { machines, image } = await freshRoomWithHello();
    await image({ image: "hello", kind: "unikernel", kernel: await unikernel(), memory: "4MiB" });
    const want = await hello({ ready: { tcp: { port: 9 } } });
    const { id } = await machines.create({ ...want, ports: [{ guest: 9, host: want.port }] }, tags, ctx);
    await seenAs(machines, id, (each) => each?.phase === "starting" && each.reason === "it is not ready yet");
    await seenAs(machines, id, (each) => each?.phase === "starting");
  });

  it("has what is declared of it: its image by digest, memory, processors", async () => {
    const { machines } = await freshRoomWithHello();
    const want = await hello({ memory: 8 * 1024 * 1024, cpus: 2 });
    const pinned = { ...want, ...(await machines.pin?.(want)) };
    expect(pinned.image).toMatch(/^sha256:/);
    const id = await booted(machines, pinned);
    const [seen] = await listed(machines);
    expect(seen?.properties).toMatchObject({ image: pinned.image, memory: 8 * 1024 * 1024, cpus: 2 });
    expect(commandLineOf(hypervisorOf(id))).toContain("-m 8192K -smp 2 ");
  });

  it("reaches nobody outside, unless that is declared", async () => {
    const { machines, image } = await freshRoomWithHello();
    const server = createServer((_, answer) => answer.end("here")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const args = [`up=10.0.2.2:${port}`];
    await image({ image: "caller", kind: "unikernel", kernel: await unikernel(), args, memory: "4MiB" });
    const ready = { http: { port: 8080, path: "/health" } };
    const closed = await hello({ image: "caller", ready });
    await booted(machines, closed);
    const open = await hello({ image: "caller", ready, network: "outbound" });
    await booted(machines, open);
    expect(await get(open.port, "/up")).toContain("here");
    expect(await get(closed.port, "/up")).not.toContain("here");
  });

  it.skipIf(process.geteuid?.() !== 0)("runs as a user of its own, who has one place to write", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const [one, other] = [await booted(machines, await hello()), await booted(machines, await hello())];
    const userOf = (id: string) => statSync(`/proc/${hypervisorOf(id)}`).uid;
    expect(new Set([0, userOf(one), userOf(other)]).size).toBe(3);
    expect(statSync(`${dir}/${one}/${WORKSHOP}`).uid).toBe(userOf(one));
    expect(statSync(`${dir}/${one}`).uid).toBe(0);
  });

  it("is given what is secret in no argument, and Muster keeps only where that is to be read", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const file = `${dir}/../password`;
    writeFileSync(file, "hunter2\n");
    const id = await booted(machines, await hello({ env: { PASSWORD: { secret: { file } } } }));
    expect(commandLineOf(hypervisorOf(id))).toContain("-fw_cfg name=opt/muster/env,file=env");
    expect(commandLineOf(hypervisorOf(id))).not.toContain("hunter2");
    expect(readFileSync(`${dir}/${id}/spec.json`, "utf8")).not.toContain("hunter2");
    expect(JSON.stringify(await listed(machines))).not.toContain("hunter2");
    expect(statSync(`${dir}/${id}/env`).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(!canBoot)("a disk (needs QEMU and a C compiler)", () => {
  it("is the machine's own while it may be written, and can be missing", async () => {
    const { machines, dir } = await freshRoomWithHello();
    const path = `${dir}/../disk`;
    const want = await hello({ disks: [{ path }] });
    expect(vmType.exclusive?.(want)).toEqual([`tcp:${want.port}`, `disk:${resolve(path)}`]);
    expect(vmType.exclusive?.({ ...want, disks: [{ path, readOnly: true }] })).toEqual([`tcp:${want.port}`]);
    const { id } = await machines.create(want, tags, ctx);
    const { reason } = await seenAs(machines, id, (each) => each?.phase === "ended");
    expect(reason).toMatch(/^the hypervisor failed with code 1: .*No such file or directory/);
    await machines.destroy(id, ctx);
    writeFileSync(path, Buffer.alloc(1024 * 1024));
    const whole = await booted(machines, want);
    expect(commandLineOf(hypervisorOf(whole))).toContain("-device virtio-blk-device,drive=disk0");
  });
});

describe.skipIf(!canBoot)("what is declared of a machine (needs QEMU and a C compiler)", () => {
  it("is refused where its health is asked on a port to which none leads", async () => {
    const { machines } = await freshRoomWithHello();
    const failure = await failureOf(machines.validate?.({ image: "hello" }) ?? Promise.resolve());
    expect(failure.kind).toBe("invalid");
    expect(failure.message).toBe(
      "the health of its image is asked on the guest's port 8080, and no port leads there: " +
        'add `{ guest: 8080, host: "${self.port}" }` to `ports`',
    );
  });

  it("is refused where one port of this machine is to lead to two of the guest's", async () => {
    const { machines } = await freshRoomWithHello();
    const ports = [8080, 8080].map((guest) => ({ guest, host: 20_000 }));
    const failure = await failureOf(machines.validate?.({ image: "hello", ports }) ?? Promise.resolve());
    expect(failure.message).toBe("ports: 20000 leads to two ports of the guest");
  });

  it("is refused where a port leads to one that its image does not listen on", async () => {
    const { machines } = await freshRoomWithHello();
    const { ports = [] } = await hello();
    const want = { image: "hello", ports: [...ports, { guest: 81, host: 20_000 }] };
    const failure = await failureOf(machines.validate?.(want) ?? Promise.resolve());
    expect(failure.message).toBe("ports: its image listens on 8080, and not on 81");
  });

  it("is refused where it has less memory than its image asks for", async () => {
    const { machines } = await freshRoomWithHello();
    const want = await hello({ memory: 1024 * 1024 });
    const failure = await failureOf(machines.validate?.(want) ?? Promise.resolve());
    expect(failure.message).toBe("memory: 1048576 bytes are fewer than the 4194304 that its image asks for");
  });

  it("is refused where its environment is more than a guest takes", async () => {
    const { machines } = await freshRoomWithHello();
    const failure = await failureOf(machines.create(await hello({ env: { A: "x".repeat(1_000_000) } }), tags, ctx));
    expect(failure.message).toBe("env: all of it has 1000003 bytes, and a guest takes 1000000 at most");
  });

  it("is refused where there is no such image", async () => {
    const { machines } = await freshRoomWithHello();
    const failure = await failureOf(machines.validate?.(await hello({ image: "helo" })) ?? Promise.resolve());
    expect(failure.message).toContain("helo");
    expect(failure.message).toContain("did you mean `hello`?");
  });
});
