import { beforeEach, expect, it } from "vitest";
import { type KeptReport, REPORTS_IN_ALL, REPORTS_PER_SUBJECT, type Store } from "./contract.ts";
import { describeEveryStore, NOW } from "./test/stores.ts";

const report = (subject: string, at: number): KeptReport => ({
  ...{ subject, at, summary: { pass: at - NOW }, report: { results: [{ subject: `é\u0000${at}` }] } },
});

describeEveryStore("reports of checks", (present) => {
  let store: Store;
  beforeEach(() => {
    store = present();
  });

  it("are none before one is kept", async () => {
    expect(await store.reports({})).toEqual([]);
    expect(await store.lastReport()).toBeUndefined();
    expect(await store.lastReport("shop")).toBeUndefined();
  });

  it("are listed in the order in which they were kept, in short, and the last one is given whole", async () => {
    await store.keepReport(report("shop", NOW + 2));
    await store.keepReport(report("/srv/checks.yaml", NOW + 3));
    // A clock that went back changes nothing of the order.
    await store.keepReport(report("shop", NOW + 1));
    expect((await store.reports({ subject: "shop" })).map(({ at }) => at - NOW)).toEqual([2, 1]);
    expect(await store.reports({ subject: "shop", since: NOW + 2 })).toEqual([
      { subject: "shop", at: NOW + 2, summary: { pass: 2 } },
    ]);
    expect((await store.reports({})).map(({ subject }) => subject)).toEqual(["shop", "/srv/checks.yaml", "shop"]);
    expect(await store.lastReport("shop")).toEqual(report("shop", NOW + 1));
    expect(await store.lastReport("/srv/checks.yaml")).toEqual(report("/srv/checks.yaml", NOW + 3));
    expect(await store.lastReport()).toEqual(report("shop", NOW + 1));
    expect(await store.lastReport("blog")).toBeUndefined();
  });

  it("are so many of each subject, and the oldest go", async () => {
    await store.keepReport(report("blog", NOW));
    for (let n = 1; n <= REPORTS_PER_SUBJECT + 3; n++) await store.keepReport(report("shop", NOW + n));
    const kept = await store.reports({ subject: "shop" });
    expect([kept.length, kept[0]?.at, kept.at(-1)?.at]).toEqual([
      ...[REPORTS_PER_SUBJECT, NOW + 4, NOW + REPORTS_PER_SUBJECT + 3],
    ]);
    expect(await store.reports({ subject: "blog" })).toHaveLength(1);
    expect(REPORTS_IN_ALL).toBeGreaterThan(REPORTS_PER_SUBJECT);
  });
});
