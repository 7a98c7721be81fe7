import { type DeclaredGroup, emptyMemory, type Memory } from "@muster/engine";
import type { JsonObject } from "@muster/model";
import type { TaggedProvider, TaggedType } from "@muster/plugin";
import { expect, it } from "vitest";
import type { BoundGroup } from "./bind.ts";
import { placeOf } from "./home.ts";

function boundAt(scope: string, settings: JsonObject = {}): BoundGroup {
  const provider = { known: "tags", scope } as TaggedProvider;
  const declared = { name: "web", stack: "shop" } as DeclaredGroup;
  return {
    ...{
      provider,
      settings,
      declared,
      type: { name: "file" } as TaggedType,
      treatments: {} as BoundGroup["treatments"],
    },
    ...{ assignment: {} as BoundGroup["assignment"], traits: { settleMs: 0, local: true } },
  };
}

function settledIn(bound: BoundGroup, lastCount: number): Memory {
  const place = placeOf(bound, emptyMemory());
  if (place.kind !== "home") throw new Error(place.kind);
  return { ...place.memory, lastCount };
}

it("remembers where the members are, and changes nothing while they are there", () => {
  const memory = settledIn(boundAt("/a"), 3);
  expect(memory.home?.scope).toBe("/a");
  const again = placeOf(boundAt("/a"), memory);
  expect(again.kind === "home" && again.memory).toBe(memory);
});

it("waits when the provider is back in another place and nobody said so", () => {
  const place = placeOf(boundAt("/b"), settledIn(boundAt("/a"), 3));
  expect(place).toMatchObject({ kind: "strayed", message: expect.stringContaining("its 3 members are in /a") });
});

it("goes where it was told to, and says what stays behind", () => {
  const place = placeOf(boundAt("/b", { dir: "/b" }), settledIn(boundAt("/a"), 1));
  expect(place).toMatchObject({ kind: "moved", memory: { lastCount: 0 }, event: { type: "group.moved" } });
  expect(place.kind === "moved" && place.event.message).toContain("its 1 member stays in /a");
});

it("goes anywhere while it has nobody", () => {
  expect(placeOf(boundAt("/b"), settledIn(boundAt("/a"), 0)).kind).toBe("home");
});
