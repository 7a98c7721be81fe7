import { describe, expect, it } from "vitest";
import { simulated } from "../simulated.ts";

async function many(count: number) {
  const simulator = await simulated({}, "loosely");
  for (let number = 1; number <= count; number++) simulator.panel.addDroplet({ name: `web-${number}`, tags: ["web"] });
  return async (query: string) => {
    const { body } = await simulator.call("GET", query.startsWith("http") ? query : `/v2/droplets${query}`);
    const { droplets, links, meta } = Object(body);
    return { names: droplets.map(({ name }: { name: string }) => name), pages: links.pages ?? {}, total: meta.total };
  };
}

describe("a list", () => {
  it("comes in pages of 20, unless told", async () => {
    const list = await many(45);
    const { names, pages, total } = await list("");
    expect([names.length, names[0], total]).toEqual([20, "web-1", 45]);
    expect(Object.keys(pages)).toEqual(["next", "last"]);
    expect((await list("?per_page=7&page=7")).names).toEqual(["web-43", "web-44", "web-45"]);
  });

  it("can be followed from page to page, forwards and back, with all that was asked", async () => {
    const list = await many(45);
    const first = await list("?tag_name=web&per_page=20");
    const second = await list(first.pages.next);
    expect([second.names.length, second.names[0]]).toEqual([20, "web-21"]);
    const last = await list(second.pages.last);
    expect([last.names.length, Object.keys(last.pages)]).toEqual([5, ["first", "prev"]]);
    expect((await list(last.pages.first)).names).toEqual(first.names);
    expect(new URL(last.pages.prev).searchParams.get("tag_name")).toBe("web");
  });

  it("shows no more than 200 on a page, whatever is asked", async () => {
    const list = await many(201);
    expect((await list("?per_page=500")).names).toHaveLength(200);
    expect((await list("?per_page=500&page=2")).names).toEqual(["web-201"]);
  });

  it("is empty past its end, and where there is nothing", async () => {
    const list = await many(1);
    expect(await list("?page=9")).toMatchObject({ names: [], total: 1 });
    expect(await list("?tag_name=none")).toMatchObject({ names: [], pages: {}, total: 0 });
  });

  it("begins at the beginning for a page that is none", async () => {
    const list = await many(1);
    expect((await list("?page=0&per_page=many")).names).toEqual(["web-1"]);
  });
});
