import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { JsonObject } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ZodType, z } from "zod";
import { groupsInMemory } from "../testing/groups.ts";
import { herd, herdType, io, plainFlavor } from "../testing/herd.ts";
import { exchange, post, temporaryFolder } from "../testing/sockets.ts";
import { MAX_REQUEST } from "../wire/limits.ts";
import { type ServeOptions, servePlugin } from "./serve.ts";

async function served(more: Partial<ServeOptions> = {}) {
  const provider = herd();
  const socket = join(await temporaryFolder(), "herd");
  const types = [{ type: herdType, provider }];
  const plugin = await servePlugin({ name: "herd", version: "1", socket, types, flavors: [], io, ...more });
  onTestFinished(plugin.close);
  const call = async (method: string, params: unknown) => {
    const request = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
    return JSON.parse((await exchange(socket, post(request))).body);
  };
  return { socket, provider, plugin, call };
}

const hello = '{"jsonrpc":"2.0","method":"muster/hello","id":1}';

describe("a plugin's socket", () => {
  it("answers everything with 200, plain text and a length", async () => {
    const { socket } = await served();
    const answer = await exchange(socket, post(hello));
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(Number(answer.headers["content-length"])).toBe(Buffer.byteLength(answer.body));
  });

  it("closes its providers when it is closed, after the calls that had begun", async () => {
    const steps: string[] = [];
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const provider = {
      ...herd(),
      async create() {
        begun.resolve();
        await answered.promise;
        steps.push("created");
        return { id: "bessy" };
      },
      async close() {
        steps.push("closed");
      },
    };
    const { plugin, call } = await served({ types: [{ type: herdType, provider }] });
    const made = call("provider/create", { type: "herd", want: { properties: {} }, tags: {} });
    await begun.promise;
    const closed = plugin.close();
    answered.resolve();
    expect((await made).result).toEqual({ id: "bessy" });
    await closed;
    expect(steps).toEqual(["created", "closed"]);
  });

  it("takes JSON, or what does not say what it is, and nothing else", async () => {
    const { socket } = await served();
    expect((await exchange(socket, post(hello, "/", undefined))).status).toBe(200);
    expect((await exchange(socket, post(hello, "/", "Application/JSON; charset=utf-8"))).status).toBe(200);
    expect((await exchange(socket, post(hello, "/", "text/xml"))).status).toBe(415);
    const get = await exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect([get.status, get.body]).toEqual([405, "rpc: POST method required, received GET"]);
  });

  it("does not take in a request that is too big", async () => {
    const { socket } = await served();
    const answer = await exchange(socket, post("x".repeat(MAX_REQUEST + 1)));
    expect(answer.status).toBe(413);
    expect((await exchange(socket, post(hello))).status).toBe(200);
  });

  it("outlives clients that vanish in the middle of a request, or ask for no path", async () => {
    const { socket } = await served();
    const vanishing = connect(socket);
    vanishing.end("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{");
    await once(vanishing.resume(), "close");
    expect((await exchange(socket, post("{}", "//["))).status).toBe(404);
    expect((await exchange(socket, post("{}", "/Instance.Destroy/%ff"))).status).toBe(400);
    expect((await exchange(socket, post(hello))).status).toBe(200);
  });

  it("reads InfraKit's keys in any case, its list of one, and its methods in their own case only", async () => {
    const { call } = await served();
    const spec = { properties: { Note: "v1" }, TAGS: { a: "b" }, logicalid: "bessy" };
    expect((await call("Instance.Provision", [{ type: "", spec }])).result).toEqual({ Type: "", ID: "instance-1" });
    const { result } = await call("Instance.DescribeInstances", { tags: { a: "b" }, PROPERTIES: true });
    expect(result.Descriptions).toMatchObject([
      { ID: "instance-1", LogicalID: "bessy", Properties: { Properties: { Note: "v1" }, LogicalID: "bessy" } },
    ]);
    expect((await call("instance.Provision", { spec })).error.code).toBe(-32000);
  });

  it("refuses fields of another kind, and gives them back", async () => {
    const { call, provider } = await served();
    const params = { Spec: { Tags: { a: 5 } } };
    expect((await call("Instance.Provision", params)).error).toMatchObject({ code: -32600, data: params });
    expect((await call("provider/create", { type: "herd", want: 5, tags: {} })).error.code).toBe(-32600);
    expect(provider.instances.size).toBe(0);
  });

  it("says of Muster's methods what kind of failure it was", async () => {
    const { call } = await served();
    const refused = { type: "herd", want: { properties: { refuse: true } } };
    expect((await call("provider/validate", refused)).error).toEqual({
      code: -32000,
      message: "refused",
      data: { kind: "invalid" },
    });
    expect((await call("provider/read", { type: "flock", id: "x" })).error.data).toEqual({ kind: "invalid" });
  });

  it("refuses what the schema refuses, where the type or the flavor checks nothing else", async () => {
    const schema: ZodType<JsonObject> = z.strictObject({ properties: z.strictObject({ Note: z.string() }) });
    const { validate: _, ...provider } = herd();
    const types = [{ type: { ...herdType, schema }, provider }];
    const { call, socket } = await served({ types, flavors: [plainFlavor()] });
    const [slots, slip] = [{ kind: "numbered", size: 1 }, { Inot: ["echo hi"] }];
    const refused = [
      await call("Instance.Validate", { Properties: { Node: "v1" } }),
      await call("provider/validate", { type: "herd", want: { properties: { Node: "v1" } } }),
      await call("Flavor.Validate", { Properties: slip, Allocation: { Size: 1 } }),
      await call("flavor/validate", { flavor: "plain", properties: slip, slots }),
    ];
    for (const { error } of refused)
      expect(error).toMatchObject({ code: -32000, message: expect.stringMatching(/Node|Inot/) });
    for (const [path, body] of [
      ["/Instance.Validate", { Node: "v1" }],
      ["/Flavor.Validate", { Size: 1, ...slip }],
    ] as const) {
      expect((await exchange(socket, post(JSON.stringify(body), path, undefined))).status).toBe(400);
    }
    expect(
      (await call("Flavor.Validate", { Properties: { Init: ["echo hi"] }, Allocation: { Size: 1 } })).result,
    ).toEqual({ OK: true });
  });

  it("does not serve to InfraKit a type that is not made of a Spec", async () => {
    const schema: ZodType<JsonObject> = z.strictObject({ properties: z.strictObject({}), path: z.string() });
    const odd = { ...herdType, schema };
    const { call } = await served({ types: [{ type: odd, provider: herd() }] });
    expect((await call("Handshake.Hello", {})).result).toEqual({ Objects: {} });
    expect((await call("Instance.DescribeInstances", {})).error.message).toContain("can't find service");
  });

  it("names its types where there are several, and finds each by its name", async () => {
    const [cows, sheep] = [herd(), herd()];
    const types = [
      { type: { ...herdType, name: "cow" }, provider: cows },
      { type: { ...herdType, name: "sheep" }, provider: sheep },
    ];
    const { call } = await served({ types });
    const { Objects } = (await call("Handshake.Hello", {})).result;
    expect(Objects["Instance/0.6.1"].map((each: { Name: string }) => each.Name)).toEqual(["cow", "sheep"]);
    await call("Instance.Provision", { Type: "sheep", Spec: {} });
    expect([cows.instances.size, sheep.instances.size]).toEqual([0, 1]);
    expect((await call("Instance.Provision", { Type: "", Spec: {} })).error.code).toBe(-32000);
  });

  it("takes the size 0 for a size, as InfraKit's group did not", async () => {
    const group = groupsInMemory();
    group.put({ ID: "cattle", Properties: {} }, 3, []);
    const { call } = await served({ types: [], group });
    expect((await call("Group.SetSize", { Name: "", ID: "cattle", Size: 0 })).result).toEqual({
      Name: "",
      ID: "cattle",
    });
    expect(group.sizeOf("cattle")).toBe(0);
    expect((await call("Group.SetSize", { Name: "", ID: "cattle", Size: -1 })).error.code).toBe(-32600);
  });

  it("says unhealthy and unknown apart", async () => {
    const verdicts = ["pass", "fail", "unknown"] as const;
    for (const [index, kind] of verdicts.entries()) {
      const flavor = plainFlavor({ health: async () => (kind === "pass" ? { kind } : { kind, reason: "so" }) });
      const { call, socket } = await served({ types: [], flavors: [flavor] });
      const asked = await call("Flavor.Healthy", { Properties: {}, Instance: { ID: "x" } });
      expect(asked.result.Health).toBe([1, 2, 0][index]);
      const old = await exchange(socket, post('{"ID":"x"}', "/Flavor.Healthy", undefined));
      expect(old.status).toBe(kind === "unknown" ? 400 : 200);
      if (kind !== "unknown") expect(JSON.parse(old.body).Healthy).toBe(kind === "pass");
    }
  });

  it("lets a call that has begun come to its end when it is closed", async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const provider = herd();
    const slow = {
      ...provider,
      async create(...call: Parameters<typeof provider.create>) {
        begun.resolve();
        await go.promise;
        return provider.create(...call);
      },
    };
    const { call, plugin } = await served({ types: [{ type: herdType, provider: slow }] });
    const made = call("provider/create", { type: "herd", want: {}, tags: {} });
    await begun.promise;
    const closed = plugin.close();
    go.resolve();
    expect((await made).result).toEqual({ id: "instance-1" });
    await closed;
  });
});
