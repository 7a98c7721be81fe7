import { statSync } from "node:fs";
import { isObject, type JsonObject } from "@muster/model";
import { describe, expect, it, vi } from "vitest";
import { ask } from "./test/client.ts";
import { infrakitProperties, webStack } from "./test/documents.ts";
import { namesIn } from "./test/folder-type.ts";
import { newRoom, type Room } from "./test/room.ts";

describe("the group plugin", () => {
  it("says what it would do, does it, and says it again as it is declared", async () => {
    const { room, call } = await served();
    const Spec = { ID: "garethr", Properties: infrakitProperties(2) };
    const details = async (Pretend: boolean) =>
      (await call("CommitGroup", { Name: "group", Spec, Pretend }))["Details"];
    expect(await details(true)).toBe("Managing 2 instances");
    expect(await call("InspectGroups", { Name: "group" })).toMatchObject({ Groups: [] });
    expect(await details(false)).toBe("Managing 2 instances");
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(2));
    expect(await call("InspectGroups", { Name: "group" })).toMatchObject({ Groups: [{ ID: "garethr" }] });
  });

  it("describes the instances and says when they are as declared", async () => {
    const { room, call } = await served(2);
    await vi.waitFor(async () => {
      const { Description } = await call("DescribeGroup", { Name: "group", ID: "garethr" });
      expect(Description).toMatchObject({ Converged: true });
      const instances =
        isObject(Description) && Array.isArray(Description["Instances"]) ? Description["Instances"] : [];
      expect(instances.map(({ ID }) => ID).toSorted()).toEqual(namesIn(room.path("instances")).toSorted());
    });
  });

  it("scales, to nothing too", async () => {
    const { room, call } = await served(2);
    await call("SetSize", { Name: "group", ID: "garethr", Size: 0 });
    expect(await call("Size", { Name: "group", ID: "garethr" })).toMatchObject({ Size: 0 });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toEqual([]));
  });

  it("does not shrink a group when it is told to destroy an instance that is not its", async () => {
    const { room, call } = await served(2);
    const Instances = ["nobody"];
    await expect(call("DestroyInstances", { Name: "group", ID: "garethr", Instances })).rejects.toThrow("nobody");
    expect(await call("Size", { Name: "group", ID: "garethr" })).toMatchObject({ Size: 2 });
    expect(namesIn(room.path("instances"))).toHaveLength(2);
  });

  it("frees a group, and destroys one", async () => {
    const { room, call } = await served(2);
    await call("FreeGroup", { Name: "group", ID: "garethr" });
    expect(await call("InspectGroups", { Name: "group" })).toMatchObject({ Groups: [] });
    expect(namesIn(room.path("instances"))).toHaveLength(2);

    await call("CommitGroup", { Name: "group", Spec: { ID: "garethr", Properties: infrakitProperties(2) } });
    await call("DestroyGroup", { Name: "group", ID: "garethr" });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toEqual([]));
  });

  it("keeps nothing of a declaration that is wrong", async () => {
    const { call, store } = await served();
    const Spec = { ID: "garethr", Properties: infrakitProperties(2, "nothing") };
    await expect(call("CommitGroup", { Name: "group", Spec })).rejects.toThrow("there is no type `nothing`");
    expect(await store.declarations()).toEqual([]);
  });

  it("does not speak of groups that are not InfraKit's", async () => {
    const { daemon, call } = await served();
    await daemon.apply(webStack(1, undefined, "web"), "/web.yaml", "user:ada");
    await expect(call("DescribeGroup", { Name: "group", ID: "web" })).rejects.toThrow("there is no group `web`");
  });

  it("answers nobody but this user, and is not taken for a plugin that keeps anything", async () => {
    const { room, daemon } = await served();
    expect(statSync(room.path("plugins", "group")).mode & 0o777).toBe(0o600);
    expect(daemon.plugins().map(({ name }) => name)).toEqual(["muster"]);
  });
});

/** A daemon with the socket `group`; with a size, it keeps the walk-through's group already. */
async function served(size?: number) {
  const room: Room = newRoom();
  const store = room.store();
  const daemon = await room.start({ store, groupSocket: true });
  const call = async (method: string, params: JsonObject): Promise<JsonObject> => {
    const request = { jsonrpc: "2.0", id: 1, method: `Group.${method}`, params };
    const { body } = await ask(room.path("plugins", "group"), "POST", "/", request);
    if (isObject(body) && isObject(body["error"])) throw new Error(String(body["error"]["message"]));
    return isObject(body) && isObject(body["result"]) ? body["result"] : {};
  };
  if (size !== undefined) {
    await call("CommitGroup", { Name: "group", Spec: { ID: "garethr", Properties: infrakitProperties(size) } });
    await vi.waitFor(() => expect(namesIn(room.path("instances"))).toHaveLength(size));
  }
  return { room, daemon, store, call };
}
