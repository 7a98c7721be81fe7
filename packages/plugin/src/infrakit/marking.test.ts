import type { JsonObject } from "@muster/model";
import { describe, expect, it } from "vitest";
import { infrakitMarking, infrakitMarks, infrakitRevision } from "./marking.ts";

const walkthrough: JsonObject = {
  Instance: { Plugin: "instance-file", Properties: { Note: "v1" } },
  Flavor: { Plugin: "flavor-vanilla", Properties: { Size: 1, UserData: ["echo hi"], Labels: { tier: "web" } } },
};

function allocated(instance: string, note: string, flavor: string, properties: JsonObject): JsonObject {
  return {
    Allocation: { Size: 1 },
    Instance: { Plugin: instance, Properties: { Note: note } },
    Flavor: { Plugin: flavor, Properties: properties },
  };
}

const web: JsonObject = { Init: ["echo hi"], Tags: { tier: "web" } };

describe("the marking of an InfraKit group", () => {
  it("bears the walk-through's hash where the size is in the flavor", () => {
    expect(infrakitMarking(walkthrough).written).toEqual({ "infrakit.config_sha": "uA11BtRiX-42q0yGLm1AO01BYMQ=" });
  });

  it("bears v0.1's and master's hashes where there is an allocation", () => {
    const v01 = infrakitMarking(allocated("instance-file", "v1", "flavor-vanilla", web));
    expect(v01.written["infrakit.config_sha"]).toBe("SrDbaO2fQiIXQkS0ED3L6bCdR34=");
    const master = infrakitMarking(allocated("file", "v1", "vanilla", web));
    expect(master.written["infrakit.config.hash"]).toBe("tryysjgoqkfgjfscffaw4rwdlouoqbqy");
  });

  it("equals the hash that every era's real program wrote", () => {
    const t = { Tags: { t: "1" } };
    expect(infrakitMarking(allocated("instance-file", "x", "flavor-vanilla", t)).accepted).toContain(
      "t5jshgv7nmc7l2ltllvz2ha6alkykxxq",
    );
    expect(infrakitMarking(allocated("file", "x", "vanilla", t)).accepted).toContain(
      "sjnxdtz3kggyateco5ncijf2oevmgwqm",
    );
    expect(infrakitMarking(allocated("file", "v2", "vanilla", web)).accepted).toContain(
      "gpl7rxknme4yis3dulln7tjphjeya57l",
    );
    expect(infrakitMarking(allocated("instance-file", "v2", "flavor-vanilla", web)).accepted).toContain(
      "FjiIYwSGGN8NJfDNUleNuCnBKJA=",
    );
    expect(infrakitMarking(allocated("instance-file", "v2", "flavor-vanilla", web)).accepted).toContain(
      "8Bsnm5M8EtSRfvXLctag5xkNTOM=",
    );
  });

  it("does not depend on the order or the case of keys, nor on the size", () => {
    const turned = {
      flavor: { Properties: { Labels: { tier: "web" }, UserData: ["echo hi"], Size: 9 }, Plugin: "flavor-vanilla" },
      instance: { properties: { Note: "v1" }, plugin: "instance-file" },
    };
    expect(infrakitMarking(turned).written).toEqual(infrakitMarking(walkthrough).written);
  });

  it("escapes as Go does", () => {
    // The text under the hash is `{"Plugin": "p", "Properties": {"N": "\u003c\u0026\u003e\u0008\\b"}}`, in four lines.
    const marking = infrakitMarking({ Instance: { Plugin: "p", Properties: { N: "<&>\b\\b" } } });
    expect(marking.accepted[0]).toBe("CqmgtRSE-TwUXo8EEC1Arqs-9OQ=");
  });

  it("sorts keys that look like numbers as texts", () => {
    const marking = infrakitMarking({ Instance: { Plugin: "p", Properties: { "9": [], "10": {} } } });
    expect(marking.accepted[0]).toBe("yzy8ZUx6FG3xI7AFZpbasb9kvEU=");
  });
});

describe("the marks of an InfraKit group", () => {
  const marking = infrakitMarking(allocated("file", "v1", "vanilla", web));
  const marks = infrakitMarks(marking);

  it("come back as they were written", () => {
    const mark = {
      stack: "cattle",
      owner: "cattle",
      slot: "bessy",
      intent: "i-1",
      revision: infrakitRevision(marking),
    };
    expect(marks.read(marks.write(mark))).toEqual(mark);
    const { slot: _, ...unnamed } = mark;
    expect(marks.write(unnamed)).not.toHaveProperty("infrakit.logical_id");
    expect(marks.read(marks.write(unnamed))).toEqual(unnamed);
  });

  it("take any era's hash for the declared revision", () => {
    for (const hash of marking.accepted) {
      for (const tag of ["infrakit.config_sha", "infrakit.config.hash"]) {
        const read = marks.read({ "infrakit.group": "cattle", [tag]: hash });
        expect(read?.revision).toBe(infrakitRevision(marking));
      }
    }
  });

  it("tell another revision by the hash it bears, and one without a hash from all", () => {
    expect(marks.read({ "infrakit.group": "cattle", "infrakit.config_sha": "other" })?.revision).toBe("other");
    expect(marks.read({ "infrakit.group": "cattle" })?.revision).toBe("unmarked");
  });

  it("are not there without a group", () => {
    expect(marks.read({ tier: "web" })).toBeUndefined();
    expect(marks.owned("cattle", "cattle")).toEqual({ "infrakit.group": "cattle" });
  });
});
