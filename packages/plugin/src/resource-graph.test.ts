import { cycleIn, inOrder, type ResourceDeclaration } from "@muster/model";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ResourceType, TaskType, Type } from "./contract.ts";
import { graphOf, resourceEdges, resourceGraph } from "./resource-graph.ts";

const open = () => Promise.reject(new Error("nothing is opened here"));
const base = { summary: "", settings: z.object({}), effects: {}, settleMs: 0, open } as const;
const schema = z.record(z.string(), z.json()) as unknown as Type["schema"];

/** All above a path, the longest last. */
const above = (path: unknown): readonly string[] =>
  String(path)
    .split("/")
    .slice(1)
    .map((_, index, parts) => `/${parts.slice(0, index).join("/")}`);

const file: Type = {
  ...{ ...base, schema, known: "claim", name: "file", naming: "path", local: true },
  exclusive: ({ path }) => [String(path)],
  restsOn: ({ path }) => above(path),
};
const directory: Type = { ...file, name: "directory" };
const cow: Type = {
  ...{ ...base, schema, known: "tags", name: "cow", naming: "name", local: false, family: "herd" },
  exclusive: ({ name, bell }) => [`cow:${String(name)}`, ...(bell === undefined ? [] : [`bell:${String(bell)}`])],
};
const task: TaskType = {
  ...{ ...base, schema, known: "task", name: "task", naming: "name" },
  restsOn: ({ in: path }) => (path === undefined ? [] : [String(path)]),
};
const types: readonly ResourceType[] = [file, directory, cow, task];
const typeOf = ({ type }: ResourceDeclaration) => types.find(({ name }) => name === type);

type Written = Partial<Omit<ResourceDeclaration, "address">> & Pick<ResourceDeclaration, "type" | "name">;

function stackOf(...written: readonly Written[]): Readonly<Record<string, ResourceDeclaration>> {
  return Object.fromEntries(
    written.map((each) => {
      const address = `${each.type}.${each.name}`;
      const usual = { ensure: "present", properties: {}, dependsOn: [], notify: [], protect: false } as const;
      return [address, { ...usual, ignore: [], onDrift: "repair", allow: [], checks: [], ...each, address } as const];
    }),
  );
}

function whoComesBefore(...written: readonly Written[]): Readonly<Record<string, readonly string[]>> {
  const graph = resourceGraph(stackOf(...written), typeOf);
  return Object.fromEntries([...graph].map(([address, first]) => [address, [...first]]));
}

describe("what comes before what", () => {
  it("is told by dependsOn, by references wherever they stand, and by notify", () => {
    const of = "${cow.a.name}";
    expect(
      whoComesBefore(
        { type: "cow", name: "b", dependsOn: ["cow.a", "cow.gone"] },
        { type: "cow", name: "c", properties: { deep: { list: [1, [`x${of}y`]] }, other: "$${cow.b.name}" } },
        { type: "cow", name: "a", notify: ["task.t"] },
        { type: "task", name: "t" },
      ),
    ).toEqual({ "cow.b": ["cow.a"], "cow.c": ["cow.a"], "cow.a": [], "task.t": ["cow.a"] });
  });

  it("follows from what things hold and rest on: every word that is held counts", () => {
    expect(
      whoComesBefore(
        { type: "file", name: "/etc/app/conf.d/a" },
        { type: "directory", name: "/etc" },
        { type: "directory", name: "/etc/app" },
        { type: "task", name: "t", properties: { in: "/etc/app" } },
        { type: "file", name: "/other/b" },
      ),
    ).toEqual({
      "file./etc/app/conf.d/a": ["directory./etc", "directory./etc/app"],
      "directory./etc": [],
      "directory./etc/app": ["directory./etc"],
      "task.t": ["directory./etc/app"],
      "file./other/b": [],
    });
  });

  it("is turned around for what is to be gone", () => {
    const gone = { ensure: "absent" } as const;
    expect(
      whoComesBefore(
        { type: "directory", name: "/a", ...gone },
        { type: "file", name: "/a/b", ...gone },
        { type: "cow", name: "old", ...gone, dependsOn: ["cow.new"], notify: ["task.t"] },
        { type: "cow", name: "new" },
        { type: "task", name: "t" },
      ),
    ).toEqual({
      "directory./a": ["file./a/b"],
      "file./a/b": [],
      "cow.old": [],
      "cow.new": ["cow.old"],
      "task.t": ["cow.old"],
    });
  });

  it("lets what is to be gone make room, and whoever rests on the word wait for the new one", () => {
    expect(
      whoComesBefore(
        { type: "directory", name: "/a" },
        { type: "file", name: "/a", ensure: "absent" },
        { type: "file", name: "/a/b" },
      ),
    ).toEqual({ "directory./a": ["file./a"], "file./a": [], "file./a/b": ["directory./a"] });
  });

  it("takes words for the same only where they mean the same", () => {
    const edges = (...providers: readonly (string | undefined)[]) =>
      resourceEdges(
        stackOf(
          ...providers.map((provider, index) => ({
            ...{ type: "cow", name: String(index), properties: { bell: "b" } },
            ...(provider === undefined ? {} : { provider }),
            ensure: index === 0 ? ("absent" as const) : ("present" as const),
          })),
        ),
        typeOf,
      ).map(({ kind, first }) => `${kind} ${first}`);
    expect(edges("here", "there")).toEqual([]);
    expect(edges("here", "here")).toEqual(["makesRoom cow.0"]);
    expect(edges(undefined, "herd")).toEqual(["makesRoom cow.0"]);
  });

  it("is asked of properties as far as they are known", () => {
    const unknown = { name: "${cow.z.name}", bell: { secret: { env: "BELL" } } };
    expect(
      whoComesBefore({ type: "cow", name: "a", properties: unknown }, { type: "cow", name: "b", properties: unknown }),
    ).toEqual({ "cow.a": [], "cow.b": [] });
  });

  it("says of each edge why it is there, and by whom", () => {
    const edges = resourceEdges(
      stackOf(
        { type: "file", name: "/a/b", dependsOn: ["cow.x"], properties: { content: "${cow.x.name}" } },
        { type: "directory", name: "/a", notify: ["cow.x"] },
        { type: "cow", name: "x" },
      ),
      typeOf,
    );
    expect(edges).toEqual([
      { kind: "dependsOn", by: "file./a/b", of: "cow.x", first: "cow.x" },
      { kind: "reference", property: "content", by: "file./a/b", of: "cow.x", first: "cow.x" },
      { kind: "notify", by: "directory./a", of: "cow.x", first: "directory./a" },
      { kind: "restsOn", word: "/a", by: "file./a/b", of: "directory./a", first: "directory./a" },
    ]);
  });
});

describe("many resources", () => {
  it("are one pass: ten thousand files in a thousand directories", () => {
    const written = Array.from({ length: 1_000 }, (_, d) => [
      ...Array.from({ length: 9 }, (_, f): Written => ({ type: "file", name: `/srv/${d}/${f}` })),
      { type: "directory", name: `/srv/${d}` },
    ]).flat();
    const resources = stackOf(...written);
    let asked = 0;
    const graph = resourceGraph(resources, (resource) => {
      asked++;
      return typeOf(resource);
    });
    expect(asked).toBe(10_000);
    const order = new Map(inOrder(graph).map((address, index) => [address, index]));
    expect(order.size).toBe(10_000);
    const at = (address: string) => order.get(address) ?? Number.NaN;
    expect(
      written.every(
        ({ type, name }) => type === "directory" || at(`directory.${name.slice(0, -2)}`) < at(`file.${name}`),
      ),
    ).toBe(true);
  });

  it("are told as a ring however long it is", () => {
    const chain = Array.from({ length: 5_000 }, (_, index): Written => {
      return { type: "cow", name: String(index), dependsOn: [`cow.${(index + 1) % 5_000}`] };
    });
    const resources = stackOf(...chain);
    expect(cycleIn(graphOf(resources, resourceEdges(resources, typeOf)))).toHaveLength(5_001);
  });
});
