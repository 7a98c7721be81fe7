import { describe, expect, it } from "vitest";
import { hostPorts } from "./host-ports.ts";

const nobody = () => new Set<number>();

describe("ports of this machine", () => {
  it("are another one for each place, and the same for the same place, also after a restart", () => {
    const ports = hostPorts(nobody);
    const given = Array.from({ length: 500 }, (_, slot) => ports.give("shop/web", String(slot)));
    expect(new Set(given).size).toBe(500);
    expect(ports.give("shop/web", "7")).toBe(given[7]);
    expect(hostPorts(nobody).give("shop/web", "0")).toBe(given[0]);
  });

  it("are not those on which somebody listens", () => {
    const first = hostPorts(nobody).give("shop/web", "0");
    const other = hostPorts(() => new Set([Number(first)])).give("shop/web", "0");
    expect(other).not.toBe(first);
  });

  it("are not those that members bear, of whatever group", () => {
    const first = hostPorts(nobody).give("shop/web", "0");
    const ports = hostPorts(nobody);
    ports.seen("shop/db", [{ mark: { slot: "a", port: first } }]);
    expect(ports.give("shop/web", "0")).not.toBe(first);
    expect(ports.give("shop/db", "a")).toBe(first);
    ports.forget("shop/db");
    expect(ports.give("shop/cache", "0")).not.toBe(ports.give("shop/web", "0"));
  });

  it("stay with a place that once had to take another", () => {
    const busy = new Set([Number(hostPorts(nobody).give("shop/web", "0"))]);
    const ports = hostPorts(() => busy);
    const other = ports.give("shop/web", "0");
    busy.clear();
    expect(ports.give("shop/web", "0")).toBe(other);
  });

  it("are not those that somebody else has taken who gives out ports too", () => {
    const taken = new Map<number, string>();
    const takenBy = (who: string) => (port: number) => {
      if (!taken.has(port)) taken.set(port, who);
      return taken.get(port) === who;
    };
    const [one, another] = ["one", "another"].map((who) => hostPorts(nobody, takenBy(who)));
    const first = one?.give("shop/web", "0");
    expect(another?.give("shop/web", "0")).not.toBe(first);
    expect(one?.give("shop/web", "0")).toBe(first);
  });

  it("may all be taken", () => {
    const all = new Set(Array.from({ length: 10_000 }, (_, index) => 20_000 + index));
    expect(() => hostPorts(() => all).give("shop/web", "0")).toThrow(
      "no port from 20000 to 29999 is free for shop/web/0",
    );
  });
});
