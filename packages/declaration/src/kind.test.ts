import { expect, it } from "vitest";
import { documentOf } from "./kind.ts";
import { placeOf } from "./source.ts";

const read = (data: Parameters<typeof documentOf>[0]["data"], file?: string) =>
  documentOf({ data, locate: (path) => placeOf(path, file), ...(file === undefined ? {} : { file }) });

it("makes settings that begin with a dot paths beside the file, and leaves all others alone", () => {
  const settings = { dir: "./instances", up: "../shared", hidden: ".hidden", plain: "instances", count: 3 };
  const { data } = read({ stack: "a", providers: { "instance-file": settings } }, "/srv/stacks/a.yaml");
  expect(data["providers"]).toEqual({
    "instance-file": {
      dir: "/srv/stacks/instances",
      up: "/srv/shared",
      hidden: ".hidden",
      plain: "instances",
      count: 3,
    },
  });
});

it("leaves the settings of a document without a file as they are", () => {
  const data = { stack: "a", providers: { "instance-file": { dir: "./instances" } } };
  expect(read(data).data).toEqual(data);
});

it("tells Muster's stacks from InfraKit's groups by their keys", () => {
  expect(read({ stack: "a" }).dialect).toBe("muster");
  expect(read({ id: "a", properties: {} }).dialect).toBe("infrakit");
  expect(() => read({ name: "a" })).toThrow(expect.objectContaining({ code: "declaration.unknown-kind" }));
});
