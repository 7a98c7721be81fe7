import { describe, expect, it } from "vitest";
import { accountAt } from "../api/account.ts";
import { failureOf } from "../test/account.ts";
import { answering, json, logicalTime } from "../test/answering.ts";
import { looksAt } from "./looks.ts";

const droplet = {
  ...{ id: 7, name: "web-1", status: "active", locked: false, created_at: "2026-01-01T00:00:00Z", disk: 25 },
  ...{ features: [], size_slug: "s-1vcpu-1gb", region: { slug: "nyc3" }, tags: [], networks: {} },
};

async function looking() {
  const { io, waits } = logicalTime();
  const { url } = await answering(json({ droplets: [droplet], links: {}, meta: { total: 1 } }));
  return looksAt(accountAt({ url, waits, token: () => "dop_v1_token" }, io).droplets);
}

describe("a look at droplets", () => {
  it("fails where a token may not read tags: what bears a mark must not look as if it bore none", async () => {
    const failure = await failureOf((await looking())({ "muster.stack": "shop" }));
    expect(failure).toMatchObject({ kind: "denied" });
    expect(failure.message).toContain("the token is without the right tag:read");
  });

  it("reads no more than it needs: what a token may not see is missing", async () => {
    const [found] = await (await looking())({});
    expect(found).toMatchObject({ id: "7", tags: {}, phase: "running", properties: { tags: [], ipv6: false } });
    expect(Object.keys(found?.properties ?? {})).not.toContain("image");
  });
});
