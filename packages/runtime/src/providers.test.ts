import { type Io, ProviderError, type TaggedType } from "@muster/plugin";
import { expect, it } from "vitest";
import { openProviders, settingsFor } from "./providers.ts";

const io: Io = { now: () => 0, randomBytes: (count) => new Uint8Array(count) };

/** A type that counts how often it was opened and closed; a schema is what it needs, so it borrows one that takes all. */
function counted(open: () => void = () => undefined) {
  const count = { opened: 0, closed: 0 };
  const wakes: (() => void)[] = [];
  const takesAll = { safeParse: (data: object) => ({ success: true, data }) } as TaggedType["schema"];
  const type: TaggedType = {
    ...{ known: "tags", name: "counted", summary: "", schema: takesAll, settings: takesAll, effects: {} },
    ...{ settleMs: 0, local: true },
    async open() {
      count.opened++;
      open();
      return {
        ...{ known: "tags", scope: "here", create: async () => ({ id: "1" }), destroy: async () => undefined },
        async *list() {
          yield [];
        },
        watch: (wake) => void wakes.push(wake),
        async close() {
          count.closed++;
        },
      };
    },
  };
  return { type, count, wakes };
}

it("opens a provider once for all groups with the same settings", async () => {
  const { type, count } = counted();
  const providers = openProviders(io);
  const first = await providers.open(type, { dir: "a" });
  expect(await providers.open(type, { dir: "a" })).toBe(first);
  await providers.open(type, { dir: "b" });
  expect(count.opened).toBe(2);
  await providers.close();
  expect(count.closed).toBe(2);
});

it("opens anew what was replaced in the catalog, and lets go of the old one", async () => {
  const old = counted();
  const fresh = counted();
  const providers = openProviders(io);
  await providers.open(old.type, {});
  await providers.open(fresh.type, {});
  await providers.close();
  expect([old.count, fresh.count]).toEqual([
    { opened: 1, closed: 1 },
    { opened: 1, closed: 1 },
  ]);
});

it("tries again after one that could not be opened", async () => {
  let broken = true;
  const { type, count } = counted(() => {
    if (broken) throw new ProviderError("denied", "no right to it");
  });
  const providers = openProviders(io);
  await expect(providers.open(type, {})).rejects.toMatchObject({ kind: "denied" });
  broken = false;
  await providers.open(type, {});
  expect(count.opened).toBe(2);
});

it("hands on hints until whoever listens has enough", async () => {
  const { type, wakes } = counted();
  const providers = openProviders(io);
  await providers.open(type, {});
  let heard = 0;
  const end = providers.listen(type, {}, () => heard++);
  for (const wake of wakes) wake();
  end();
  for (const wake of wakes) wake();
  expect(heard).toBe(1);
});

it("takes what was said at the command line before what the stack says", () => {
  const declared = { file: { type: "file", settings: { root: "/a", depth: 1 } } };
  expect(settingsFor({ name: "file" }, declared, { file: { root: "/b" } })).toEqual({ root: "/b", depth: 1 });
});
