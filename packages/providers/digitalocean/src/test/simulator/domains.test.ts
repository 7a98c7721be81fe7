import { describe, expect, it } from "vitest";
import { simulated } from "../simulated.ts";

describe("a domain", () => {
  it("is made with its name servers and an address, and taken away", async () => {
    const { call, state } = await simulated();
    const made = await call("POST", "/v2/domains", { name: "example.com", ip_address: "198.51.100.7" });
    expect(made).toMatchObject({ status: 201, body: { domain: { name: "example.com", ttl: 1800, zone_file: null } } });
    expect((await call("GET", "/v2/domains")).body).toMatchObject({
      domains: [{ name: "example.com", zone_file: expect.stringContaining("@ 1800 IN A 198.51.100.7") }],
      meta: { total: 1 },
    });
    const { body } = await call("GET", "/v2/domains/example.com/records");
    const types = Object(body)["domain_records"].map(({ type }: { type: string }) => type);
    expect(types).toEqual(["SOA", "NS", "NS", "NS", "A"]);
    expect((await call("DELETE", "/v2/domains/example.com")).status).toBe(204);
    expect((await call("GET", "/v2/domains/example.com")).status).toBe(404);
    expect(state.domains()).toEqual([]);
  });

  it.each([
    [{ name: "no domain" }, "Name is not a valid domain name."],
    [{ name: "example.org", ip_address: "300.1.1.1" }, "Ip address is not valid."],
    [{ name: "example.com" }, "Name already exists."],
    [{}, "name: "],
  ])("is refused with %j", async (body, message) => {
    const { call } = await simulated();
    await call("POST", "/v2/domains", { name: "example.com" });
    const refused = await call("POST", "/v2/domains", body);
    expect(refused).toMatchObject({ status: 422, body: { message: expect.stringContaining(message) } });
  });
});

describe("a domain's record", () => {
  const RECORDS = "/v2/domains/example.com/records";

  async function opened() {
    const { call } = await simulated();
    await call("POST", "/v2/domains", { name: "example.com" });
    return async (method: string, path: string, body?: object) => {
      const answered = await call(method, `${RECORDS}${path}`, body);
      return { ...answered, record: Object(answered.body["domain_record"]) };
    };
  }

  it("is made, changed in part, and taken away", async () => {
    const call = await opened();
    const { status, record } = await call("POST", "", { type: "A", name: "www", data: "198.51.100.7", ttl: 300 });
    expect([status, record]).toMatchObject([201, { name: "www", ttl: 300, priority: null, tag: null }]);
    const changed = await call("PATCH", `/${record.id}`, { data: "198.51.100.8" });
    expect(changed.record).toEqual({ ...record, data: "198.51.100.8" });
    expect((await call("PUT", `/${record.id}`, { ttl: 60 })).record).toMatchObject({ data: "198.51.100.8", ttl: 60 });
    expect((await call("GET", `/${record.id}`)).record).toMatchObject({ ttl: 60 });
    expect((await call("PUT", `/${record.id}`, { type: "TXT" })).status).toBe(422);
    expect((await call("DELETE", `/${record.id}`)).status).toBe(204);
    expect((await call("GET", `/${record.id}`)).status).toBe(404);
  });

  it("is found by its type and its full name", async () => {
    const call = await opened();
    await call("POST", "", { type: "A", name: "www", data: "198.51.100.7" });
    await call("POST", "", { type: "TXT", name: "www", data: "hello" });
    const found = async (query: string) => Object((await call("GET", query)).body)["meta"].total;
    expect(await found("?name=www.example.com")).toBe(2);
    expect(await found("?name=www.example.com&type=TXT")).toBe(1);
    expect(await found("?name=example.com&type=NS")).toBe(3);
    expect(await found("?name=www")).toBe(0);
  });

  it("names a host with a dot at its end, which is not given back", async () => {
    const call = await opened();
    const bare = await call("POST", "", { type: "CNAME", name: "w", data: "other.example.org" });
    expect(bare).toMatchObject({ status: 422, body: { message: "Data needs to end with a dot (.)" } });
    const { record } = await call("POST", "", { type: "CNAME", name: "w", data: "other.example.org." });
    expect(record).toMatchObject({ data: "other.example.org" });
    expect((await call("POST", "", { type: "A", name: "w", data: "::1" })).status).toBe(422);
    expect((await call("POST", "", { type: "AAAA", name: "w", data: "::1" })).status).toBe(201);
    expect((await call("POST", "", { type: "WKS", name: "w", data: "x" })).status).toBe(422);
  });
});
