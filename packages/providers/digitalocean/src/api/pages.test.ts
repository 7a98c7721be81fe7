import { describe, expect, it } from "vitest";
import { type Answer, answering, json, logicalTime, signal } from "../test/answering.ts";
import { accountAt } from "./account.ts";

const NEXT = "https://elsewhere.example/v2/regions?page=2";

function pageOf(slugs: readonly string[], total: number, next?: string): Answer {
  const regions = slugs.map((slug) => ({ slug, available: true, features: [] }));
  return json({ regions, links: next === undefined ? {} : { pages: { next } }, meta: { total } });
}

async function regionsFrom(...answers: [Answer, ...Answer[]]) {
  const { io, waits } = logicalTime();
  const { url, asked } = await answering(...answers);
  const account = accountAt({ url, waits, token: () => "dop_v1_token" }, io);
  const regions = account.offers.regions(signal).then((all) => all.map(({ slug }) => slug));
  return { regions, asked };
}

describe("a list", () => {
  it("is read to its last page, in pages of 200, from nowhere else than the endpoint", async () => {
    const { regions, asked } = await regionsFrom(pageOf(["a1", "b1"], 3, NEXT), pageOf(["c1"], 3));
    expect(await regions).toEqual(["a1", "b1", "c1"]);
    const lines = asked.map(({ line }) => line);
    expect(lines).toEqual(["GET /v2/regions?page=1&per_page=200", "GET /v2/regions?page=2&per_page=200"]);
  });

  it("is read again when something went meanwhile: what stood behind it may have been missed", async () => {
    const { regions } = await regionsFrom(
      pageOf(["a1", "b1"], 4, NEXT),
      pageOf(["d1"], 3),
      pageOf(["b1", "c1"], 3, NEXT),
      pageOf(["d1"], 3),
    );
    expect(await regions).toEqual(["b1", "c1", "d1"]);
  });

  it("shows once what came on two pages because something new came before it", async () => {
    const { regions } = await regionsFrom(
      pageOf(["b1", "c1"], 2, NEXT),
      pageOf(["c1"], 3),
      pageOf(["a1", "b1", "c1"], 3),
    );
    expect(await regions).toEqual(["a1", "b1", "c1"]);
  });

  it("that never stands still is an error, and not half a list", async () => {
    const { regions } = await regionsFrom(pageOf(["a1"], 2));
    await expect(regions).rejects.toThrow("the regions cannot be listed: the list changed each time while it was read");
  });
});
