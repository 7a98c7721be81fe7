import { describe, expect, it } from "vitest";
import { UNDESCRIBED } from "./description/gaps.ts";
import { description } from "./description.ts";
import { isDescribed, SMALL, simulated } from "./simulated.ts";
import { ROUTES } from "./simulator/handle.ts";
import type { Exchange } from "./simulator/index.ts";

const HEADERS = { "ratelimit-limit": "5000", "ratelimit-remaining": "4999", "ratelimit-reset": "1767225600" };

const ACTION = "/v2/droplets/7/actions";

/** What is wrong with an exchange, as `request name: is missing`. Nothing is answered unless told. */
function wrong(exchange: Partial<Exchange>): readonly string[] {
  const whole = { at: 0, method: "GET", path: "/v2/droplets", query: {}, body: undefined, status: undefined };
  const found = description()?.violationsOf({
    ...whole,
    answer: undefined,
    headers: HEADERS,
    fault: undefined,
    ...exchange,
  });
  return (found ?? []).map(({ of, where, says }) => `${of} ${where}: ${says}`);
}

const asked = (path: string, body: unknown) => wrong({ method: "POST", path, body });
const answered = (path: string, answer: unknown, status = 200) => wrong({ path, answer, status });

describe.runIf(isDescribed)("what is described", () => {
  it("is what a good request says", () => {
    expect(asked("/v2/droplets", SMALL)).toEqual([]);
    expect(asked("/v2/droplets/", { ...SMALL, tags: null })).toEqual([]);
    expect(asked(ACTION, { type: "resize", size: "s-1vcpu-1gb", disk: false })).toEqual([]);
    expect(wrong({ path: "/v2/droplets", query: { per_page: "200", tag_name: "web" } })).toEqual([]);
  });

  it("is all that a request may say", () => {
    expect(asked("/v2/droplets", { ...SMALL, colour: "blue" })).toEqual(["request colour: is not described"]);
    expect(asked("/v2/droplets", { ...SMALL, backup_policy: { plan: "daily", day: "SUN" } })).toEqual([
      "request backup_policy.day: is not described",
    ]);
    expect(wrong({ query: { perPage: "200" } })).toEqual(["request ?perPage: is not described"]);
    expect(asked("/v2/account/keys", { name: "a", public_key: "b", id: 7 })).toEqual(["request id: can only be read"]);
    expect(wrong({ body: {} })).toEqual(["request : there must be no body"]);
  });

  it("is what a request must say, in the right kind", () => {
    expect(asked("/v2/droplets", { ...SMALL, size: undefined })).toContain("request size: is missing");
    expect(asked("/v2/droplets", { ...SMALL, name: "web_1" })).toHaveLength(1);
    expect(asked("/v2/droplets", { ...SMALL, ipv6: null })).toEqual(["request ipv6: is null, and must be boolean"]);
    expect(wrong({ query: { per_page: "201" } })).toEqual(["request ?per_page: 201 is more than 200"]);
    expect(wrong({ path: "/v2/droplets/web" })).toEqual(["request {droplet_id}: is string, and must be integer"]);
    expect(wrong({ method: "DELETE" })).toEqual(["request ?tag_name: is missing"]);
    expect(wrong({ method: "POST" })).toEqual(["request : the body is missing"]);
    expect(wrong({ method: "PATCH" })).toEqual(["request : there is no such operation"]);
  });

  it("tells actions apart by their type", () => {
    expect(asked(ACTION, { type: "resize" })).toEqual(["request size: is missing"]);
    expect(asked(ACTION, { type: "reboot", size: "s-1vcpu-1gb" })).toEqual(["request size: is not described"]);
    expect(asked(ACTION, { type: "explode" })).toEqual(["request type: `explode` is none of those described"]);
    expect(asked(ACTION, { type: "change_backup_policy", backup_policy: { plan: "weekly" } })).toEqual([]);
    expect(asked(ACTION, { type: "change_backup_policy" })).toEqual(["request backup_policy: is missing"]);
    expect(asked(ACTION, { type: "enable_private_networking" })).toEqual([]);
  });

  it("is what an answer says: no less, and no more", () => {
    const meta = { links: {}, meta: { total: 0 } };
    expect(answered("/v2/droplets", { droplets: [], ...meta })).toEqual([]);
    expect(answered("/v2/droplets", meta)).toEqual(["answer droplets: is missing"]);
    expect(answered("/v2/droplets", { droplets: [], links: {}, meta: {} })).toEqual(["answer meta.total: is missing"]);
    expect(answered("/v2/droplets", { droplets: [], ...meta, more: 1 })).toEqual(["answer more: is not described"]);
    expect(answered("/v2/droplets", { droplets: [{ id: 7 }], ...meta })).toContain(
      "answer droplets[0].status: is missing",
    );
    expect(answered("/v2/droplets", { id: "unprocessable_entity", message: "no" }, 422)).toEqual([]);
    expect(answered("/v2/droplets", { id: "teapot", message: "no" }, 418)).toEqual([
      "answer : the status 418 is not declared",
    ]);
    expect(answered("/v2/droplets", { message: "no" }, 404)).toEqual(["answer : the status 404 is not declared"]);
    expect(answered("/v2/droplets/7", { message: "no" }, 404)).toEqual(["answer id: is missing"]);
  });

  it("knows the headers of an answer", () => {
    const answer = { droplets: [], links: {}, meta: { total: 0 } };
    const { "ratelimit-reset": _, ...others } = HEADERS;
    expect(wrong({ status: 200, answer, headers: others })).toEqual(["answer ratelimit-reset: is missing"]);
    expect(wrong({ status: 200, answer, headers: { ...HEADERS, "ratelimit-limit": "many" } })).toEqual([
      "answer ratelimit-limit: `many` is no integer",
    ]);
  });

  it("is not asked of what never came from the API", () => {
    expect(wrong({ status: 502, fault: "html" })).toEqual([]);
    expect(wrong({ status: undefined, fault: "lost-answer" })).toEqual([]);
  });

  it("has every operation that the simulator answers to, for a token of the same right", () => {
    const described = ROUTES.filter(({ path }) => !UNDESCRIBED.some((each) => each.test(path)));
    const wrong = described.filter(({ method, path, scope }) => {
      return description()?.scopesOf(method, path.replace(/:\w+/g, "7"))?.includes(scope) !== true;
    });
    expect(described.length).toBeGreaterThan(20);
    expect(wrong.map(({ method, path, scope }) => `${method} ${path} ${scope}`)).toEqual([]);
  });

  it("is held against every exchange of a simulator", async () => {
    const simulator = await simulated({}, "loosely");
    await simulator.call("GET", "/v2/droplets?colour=blue");
    expect(simulator.wrongRequests()).toMatchObject([
      { of: "request", exchange: "GET /v2/droplets 200", where: "?colour", says: "is not described" },
    ]);
  });
});
