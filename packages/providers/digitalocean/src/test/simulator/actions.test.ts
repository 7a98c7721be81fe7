import { describe, expect, it } from "vitest";
import { type Simulated, simulated } from "../simulated.ts";
import type { Given } from "./index.ts";

const TIMES = { actionMs: 10_000, resizeMs: 60_000, guestMs: 20_000 };

interface Room {
  readonly simulator: Simulated;
  readonly id: number;
  /** Asks for an action; answers the status and what was wrong, or the action. */
  act(body: object): Promise<{ readonly status: number; readonly message: unknown; readonly action: { id: number } }>;
  droplet(): object | undefined;
}

async function room(given: Partial<Given> = {}, asks: "strictly" | "loosely" = "strictly"): Promise<Room> {
  const simulator = await simulated({ times: TIMES }, asks);
  const { id } = simulator.panel.addDroplet({ name: "web-1", ...given });
  return {
    simulator,
    id,
    async act(body) {
      const answered = await simulator.call("POST", `/v2/droplets/${id}/actions`, body);
      return { status: answered.status, message: answered.body["message"], action: Object(answered.body["action"]) };
    },
    droplet: () => simulator.state.droplet(id),
  };
}

const done = ({ simulator }: Room) => simulator.clock.advance(TIMES.resizeMs);

describe("an action", () => {
  it("is in progress, and completed when its time is over", async () => {
    const { simulator, id, act, droplet } = await room();
    const { status, action } = await act({ type: "power_off" });
    expect([status, action]).toMatchObject([201, { type: "power_off", status: "in-progress", resource_id: id }]);
    expect(droplet()).toMatchObject({ status: "active" });
    simulator.clock.advance(TIMES.actionMs);
    for (const path of [`/v2/actions/${action.id}`, `/v2/droplets/${id}/actions/${action.id}`]) {
      expect((await simulator.call("GET", path)).body).toMatchObject({ action: { status: "completed" } });
    }
    expect(droplet()).toMatchObject({ status: "off" });
    expect((await simulator.call("GET", `/v2/droplets/${id + 1}/actions/${action.id}`)).status).toBe(404);
    expect((await simulator.call("GET", "/v2/actions/7")).status).toBe(404);
  });

  it("is the only one of its droplet", async () => {
    const busy = await room();
    const { simulator, id, act } = busy;
    await act({ type: "reboot" });
    expect(await act({ type: "power_off" })).toMatchObject({
      status: 422,
      message: "Droplet already has a pending event.",
    });
    expect((await simulator.call("GET", `/v2/droplets/${id}`)).body).toMatchObject({ droplet: { locked: true } });
    done(busy);
    expect((await act({ type: "power_off" })).status).toBe(201);
  });

  it("is listed with those before it, newest first", async () => {
    const { simulator, id, act } = await room();
    for (const type of ["reboot", "power_off"]) {
      await act({ type });
      simulator.clock.advance(TIMES.actionMs);
    }
    for (const path of ["/v2/actions", `/v2/droplets/${id}/actions`]) {
      expect((await simulator.call("GET", path)).body).toMatchObject({
        actions: [{ type: "power_off" }, { type: "reboot" }],
        meta: { total: 2 },
      });
    }
  });

  it("is one that is known, on a droplet that is there", async () => {
    const { simulator, act } = await room();
    expect(await act({ type: "explode" })).toMatchObject({ status: 422, message: "explode is not a valid action." });
    expect((await act({})).status).toBe(422);
    expect((await simulator.call("POST", "/v2/droplets/7/actions", { type: "reboot" })).status).toBe(404);
  });

  it.each([
    ["power_on", { status: "active" }, "active"],
    ["power_on", { status: "off" }, "active"],
    ["power_off", { status: "off" }, "off"],
    ["power_cycle", { status: "active" }, "active"],
    ["password_reset", { status: "active" }, "active"],
  ] as const)("%s of a droplet with %j leaves it %s", async (type, given, then) => {
    const free = await room(given);
    expect((await free.act({ type })).status).toBe(201);
    done(free);
    expect(free.droplet()).toMatchObject({ status: then });
  });
});

describe("a shutdown", () => {
  it("only says that the guest was told: it is off some time later", async () => {
    const { simulator, act, droplet } = await room();
    await act({ type: "shutdown" });
    simulator.clock.advance(TIMES.actionMs);
    expect(simulator.state.actions()).toMatchObject([{ status: "completed" }]);
    expect(droplet()).toMatchObject({ status: "active" });
    simulator.clock.advance(TIMES.guestMs);
    expect(droplet()).toMatchObject({ status: "off" });
  });

  it("may be heard by nobody", async () => {
    const deaf = await room();
    deaf.simulator.faults.onAction("shutdown", { kind: "unheard" });
    await deaf.act({ type: "shutdown" });
    done(deaf);
    expect(deaf.simulator.state.actions()).toMatchObject([{ status: "completed" }]);
    expect(deaf.droplet()).toMatchObject({ status: "active" });
  });

  it("is forgotten when the droplet is switched on again meanwhile", async () => {
    const { simulator, act, droplet } = await room();
    await act({ type: "shutdown" });
    simulator.clock.advance(TIMES.actionMs);
    await act({ type: "power_cycle" });
    simulator.clock.advance(60_000);
    expect(droplet()).toMatchObject({ status: "active" });
  });
});

describe("a resize", () => {
  it("leaves the disk as it is, unless told", async () => {
    const off = await room({ status: "off" });
    const { simulator, id } = off;
    await off.act({ type: "resize", size: "s-2vcpu-4gb" });
    done(off);
    expect((await simulator.call("GET", `/v2/droplets/${id}`)).body).toMatchObject({
      droplet: { size_slug: "s-2vcpu-4gb", memory: 4096, vcpus: 2, disk: 25, status: "off" },
    });
    await off.act({ type: "resize", size: "s-1vcpu-1gb" });
    done(off);
    await off.act({ type: "resize", size: "s-2vcpu-4gb", disk: true });
    done(off);
    expect(off.droplet()).toMatchObject({ size: "s-2vcpu-4gb", disk: 80 });
    expect(await off.act({ type: "resize", size: "s-1vcpu-1gb" })).toMatchObject({
      status: 422,
      message: "This size is not available because it has a smaller disk.",
    });
  });

  it.each([
    [{ status: "active" }, { size: "s-2vcpu-4gb" }, "Droplet must be powered off before it can be resized."],
    [{ status: "off" }, {}, "You specified an invalid size."],
    [{ status: "off" }, { size: "huge" }, "You specified an invalid size."],
    [{ status: "off" }, { size: "s-1vcpu-1gb" }, "The Droplet has this size already."],
    [{ status: "off", region: "lon1" }, { size: "c-2" }, "Size is not available in this region."],
  ] as const)("of a droplet with %j to %j is refused", async (given, to, message) => {
    const { act, droplet } = await room(given);
    expect(await act({ type: "resize", ...to })).toMatchObject({ status: 422, message });
    expect(droplet()).toMatchObject({ size: "s-1vcpu-1gb" });
  });
});

describe("what is switched on", () => {
  it("is IPv6, once and for ever", async () => {
    const plain = await room();
    await plain.act({ type: "enable_ipv6" });
    done(plain);
    expect(plain.droplet()).toMatchObject({ ipv6: true });
    const { status, message } = await plain.act({ type: "enable_ipv6" });
    expect([status, message]).toEqual([422, "IPv6 is already enabled on this Droplet."]);
  });

  it("is private networking, on a droplet of the old days", async () => {
    const old = await room({ privateNetworking: false });
    await old.act({ type: "enable_private_networking" });
    done(old);
    expect(old.droplet()).toMatchObject({ privateNetworking: true });
    expect((await old.act({ type: "enable_private_networking" })).status).toBe(422);
  });

  it("is what the region has", async () => {
    const { act } = await room({ region: "ams2" });
    expect((await act({ type: "enable_ipv6" })).message).toBe("The region ams2 does not support ipv6.");
  });

  it("are backups, which can be changed and switched off", async () => {
    const plain = await room();
    const { simulator, id, act } = plain;
    expect((await act({ type: "disable_backups" })).status).toBe(422);
    const early = { type: "change_backup_policy", backup_policy: { plan: "daily" } };
    expect((await act(early)).status).toBe(422);
    await act({ type: "enable_backups", backup_policy: { plan: "weekly", weekday: "MON", hour: 8 } });
    done(plain);
    expect((await simulator.call("GET", `/v2/droplets/${id}`)).body).toMatchObject({
      droplet: { features: expect.arrayContaining(["backups"]), next_backup_window: { start: "2026-01-02T08:00:00Z" } },
    });
    expect((await act({ type: "enable_backups" })).status).toBe(422);
    await act({ type: "change_backup_policy", backup_policy: { plan: "daily", hour: 4 } });
    done(plain);
    expect(plain.droplet()).toMatchObject({ backups: { plan: "daily", hour: 4 } });
    await act({ type: "disable_backups" });
    done(plain);
    expect(plain.droplet()).toMatchObject({ backups: undefined });
  });
});

describe("other actions", () => {
  it("rename", async () => {
    const named = await room();
    expect((await named.act({ type: "rename", name: "a_b" })).status).toBe(422);
    await named.act({ type: "rename", name: "web-2" });
    done(named);
    expect(named.droplet()).toMatchObject({ name: "web-2" });
  });

  it("take snapshots, which droplets can be rebuilt and restored from", async () => {
    const seen = await room();
    const { simulator, id, act } = seen;
    await act({ type: "snapshot", name: "before" });
    done(seen);
    const { body } = await simulator.call("GET", "/v2/images?private=true");
    expect(body).toMatchObject({ images: [{ name: "before", type: "snapshot", slug: null, public: false }] });
    const image = Object(body["images"])[0].id;
    expect((await simulator.call("GET", `/v2/droplets/${id}`)).body).toMatchObject({
      droplet: { snapshot_ids: [image] },
    });
    await act({ type: "rebuild", image: "debian-13-x64" });
    done(seen);
    expect(seen.droplet()).toMatchObject({ image: 4002, status: "active" });
    await act({ type: "restore", image });
    done(seen);
    expect(seen.droplet()).toMatchObject({ image });
    expect((await act({ type: "restore", image: 4001 })).status).toBe(422);
    expect((await act({ type: "rebuild", image: "none" })).status).toBe(422);
  });

  it("cannot change a kernel, nor reboot what is off", async () => {
    const { act } = await room({ status: "off" });
    expect((await act({ type: "change_kernel", kernel: 7 })).status).toBe(422);
    expect((await act({ type: "reboot" })).status).toBe(422);
  });

  it("are done to all droplets of a tag that are free", async () => {
    const { simulator, id, act } = await room({ tags: ["web"] });
    const other = simulator.panel.addDroplet({ name: "web-2", tags: ["web"] });
    simulator.panel.addDroplet({ name: "db" });
    await act({ type: "reboot" });
    const body = { type: "power_off" };
    const answered = await simulator.call("POST", "/v2/droplets/actions?tag_name=web", body);
    expect(answered).toMatchObject({ status: 201, body: { actions: [{ resource_id: other.id }] } });
    expect(simulator.state.actions().map(({ droplet, type }) => [droplet, type])).toEqual([
      [id, "reboot"],
      [other.id, "power_off"],
    ]);
    const named = await simulator.call("POST", "/v2/droplets/actions?tag_name=web", { type: "rename" });
    expect(named.status).toBe(422);
  });
});
