import { INFRAKIT_TYPES } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { findNamed, namesOf, type Shelf } from "./names.ts";

interface Thing {
  readonly name: string;
  readonly of: string;
}

describe("a name", () => {
  const shelf: Shelf<Thing> = {
    builtIn: new Map([builtIn("file"), builtIn("instance-file")]),
    plugins: [
      { name: "acme", dialect: "muster", things: [thing("disk", "acme"), thing("box", "acme")] },
      { name: "cloud", dialect: "master", things: [thing("cloud/vm", "cloud"), thing("cloud/net", "cloud")] },
      { name: "terraform", dialect: "v0.5", things: [thing("terraform", "terraform")] },
    ],
    infrakitNames: INFRAKIT_TYPES,
  };
  const inMuster = (name: string) => findNamed(shelf, name, "muster");
  const inInfrakit = (name: string) => findNamed(shelf, name, "infrakit");

  it("in a Muster document is a type: a plugin's, else a built-in one, else an InfraKit plugin by its socket", () => {
    expect(inMuster("disk")).toEqual(thing("disk", "acme"));
    expect(inMuster("file")).toEqual(thing("file", "muster"));
    expect(inMuster("terraform")).toEqual(thing("terraform", "terraform"));
    expect(inMuster("cloud/vm")).toEqual(thing("cloud/vm", "cloud"));
    expect(inMuster("acme")).toBeUndefined();
  });

  it("in an InfraKit document is a socket, else what InfraKit calls a built-in", () => {
    expect(inInfrakit("terraform")).toEqual(thing("terraform", "terraform"));
    expect(inInfrakit("acme/box")).toEqual(thing("box", "acme"));
    expect(inInfrakit("cloud/net")).toEqual(thing("cloud/net", "cloud"));
    expect(inInfrakit("file")).toEqual(thing("instance-file", "muster"));
    expect(inInfrakit("instance-file")).toEqual(thing("instance-file", "muster"));
  });

  it("of a socket that serves several things says nothing by itself", () => {
    expect(inInfrakit("acme")).toBeUndefined();
    expect(inInfrakit("cloud")).toBeUndefined();
    expect(inInfrakit("acme/none")).toBeUndefined();
    expect(inInfrakit("none/disk")).toBeUndefined();
  });

  it("is offered where another was not known", () => {
    expect(namesOf(shelf)).toEqual(["box", "cloud/net", "cloud/vm", "disk", "file", "instance-file", "terraform"]);
  });
});

function thing(name: string, of: string): Thing {
  return { name, of };
}

function builtIn(name: string): [string, Thing] {
  return [name, thing(name, "muster")];
}
