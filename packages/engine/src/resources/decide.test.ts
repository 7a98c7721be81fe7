import { isRefusal, type Observed, type ResourceDeclaration } from "@muster/model";
import { describe, expect, it } from "vitest";
import { decideResource, type ResourceSituation } from "./decide.ts";
import type { Wanted } from "./differences.ts";
import type { ResourceTraits } from "./traits.ts";

const traits: ResourceTraits = {
  known: "tags",
  effects: {
    size: "restart",
    name: "in-place",
    ipv6: "in-place",
    tags: "in-place",
    image: "replace",
    zone: "impossible",
  },
  irreversible: new Set(["ipv6"]),
  unreadable: new Set(["user_data"]),
  unordered: new Set(["tags"]),
  adopts: true,
  refreshes: true,
};

const resource: ResourceDeclaration = {
  ...{ address: "droplet.web", type: "droplet", name: "web", ensure: "present", properties: {} },
  ...{ dependsOn: [], notify: [], protect: false, ignore: [], onDrift: "repair", allow: [], checks: [] },
};

function wanted(properties: Wanted["properties"], more: Partial<Wanted> = {}): Wanted {
  return { properties, unknown: {}, secret: new Set(), digests: {}, ...more };
}

function there(properties: Observed["properties"], more: Partial<Observed> = {}): ResourceSituation["seen"] {
  return {
    kind: "there",
    observed: { id: "1", tags: {}, phase: "running", since: 0, properties, ...more },
    ours: true,
  };
}

function decide(changes: Partial<ResourceSituation>) {
  return decideResource({
    ...{ resource, want: wanted({ size: "small" }), traits, seen: { kind: "missing" }, cause: "corrective" },
    ...{ mode: "enforce", allow: [], told: [], fate: "declared" },
    ...changes,
  });
}

describe("a resource", () => {
  it("is made where it is missing, with what is declared", () => {
    expect(decide({})).toEqual({
      ...{ effect: "create", why: "missing", cause: "corrective" },
      changes: [{ property: "size", after: "small", effect: "in-place" }],
    });
  });

  it("is nothing that stands in its place: that is absent already, and is never taken in", () => {
    const seen = { kind: "other", id: "/a", what: "there is a directory" } as const;
    expect(decide({ seen, resource: { ...resource, ensure: "absent" } })).toBeUndefined();
    expect(decide({ seen })).toMatchObject({ effect: "impossible", why: "there is a directory", changes: [] });
  });

  it("is left alone where it is as declared, whatever else it has", () => {
    expect(decide({ seen: there({ size: "small", backups: true }) })).toBeUndefined();
  });

  it("is changed with the strongest effect of what differs", () => {
    const want = wanted({ size: "large", name: "web" });
    expect(decide({ want, seen: there({ size: "small", name: "web" }) })?.effect).toBe("restart");
    expect(decide({ want, seen: there({ size: "large", name: "other" }) })?.effect).toBe("in-place");
  });

  it("of which a property was never told to be otherwise changeable is replaced, and only with consent", () => {
    const given = { want: wanted({ image: "b", unheard: 1 }), seen: there({ image: "a", unheard: 1 }) };
    expect(decide(given)).toMatchObject({ effect: "replace", held: { reason: "needs-consent" } });
    expect(decide({ ...given, allow: ["replace"] })).not.toHaveProperty("held");
    expect(decide({ ...given, resource: { ...resource, allow: ["replace"] } })).not.toHaveProperty("held");
  });

  it("is not changed for ever without consent, and is made so without it", () => {
    const want = wanted({ ipv6: true });
    expect(decide({ want, seen: there({ ipv6: false }) })).toMatchObject({ held: { reason: "needs-consent" } });
    expect(decide({ want, seen: there({ ipv6: false }), allow: ["irreversible"] })).not.toHaveProperty("held");
    expect(decide({ want })).not.toHaveProperty("held");
  });

  it("with an impossible change is changed in nothing, and the way out is named", () => {
    const want = wanted({ zone: "b", size: "large" });
    expect(decide({ want, seen: there({ zone: "a", size: "small" }) })).toMatchObject({
      ...{ effect: "impossible", why: "`zone` can never be changed" },
      next: "Declare `zone` as it is, or leave it out: then it is not managed.",
    });
  });

  it("is assessed by its provider, whose word counts before the type's", () => {
    const effects = { size: { effect: "impossible", reason: "a disk never shrinks", next: "Make another." } } as const;
    const assessed = { effects, downtimeMs: 60_000, price: { before: 12, after: 6 } };
    const step = decide({ want: wanted({ size: "small" }), seen: there({ size: "large" }), assessed });
    expect(step).toMatchObject({ effect: "impossible", why: "a disk never shrinks", next: "Make another." });
    const restart = decide({ seen: there({ size: "large" }), assessed: { downtimeMs: 60_000 } });
    expect(restart).toMatchObject({ effect: "restart", downtimeMs: 60_000 });
  });

  it("is compared without the order of lists that have none", () => {
    const want = wanted({ tags: ["a", "b"] });
    expect(decide({ want, seen: there({ tags: ["b", "a"] }) })).toBeUndefined();
    expect(decide({ want, seen: there({ tags: ["b"] }) })?.effect).toBe("in-place");
  });

  it("is compared by digest where a property is never shown again, and not at all where there is none", () => {
    const want = wanted({ user_data: "x" }, { digests: { user_data: "d1" } });
    expect(decide({ want, seen: there({}, { digests: { user_data: "d1" } }) })).toBeUndefined();
    expect(decide({ want, seen: there({}) })).toBeUndefined();
    const differs = decide({ want, seen: there({}, { digests: { user_data: "d0" } }), allow: ["replace"] });
    expect(differs).toMatchObject({ effect: "replace", changes: [{ property: "user_data", secret: true }] });
  });

  it("has properties that are given once and not managed", () => {
    const given = { resource: { ...resource, ignore: ["size"] }, want: wanted({ size: "large" }) };
    expect(decide({ ...given, seen: there({ size: "small" }) })).toBeUndefined();
    expect(decide(given)?.changes).toEqual([{ property: "size", after: "large", effect: "in-place" }]);
  });

  it("never shows a secret, and tells what is not known yet", () => {
    const want = wanted({ name: "s3cret" }, { secret: new Set(["name"]), unknown: { size: ref } });
    const step = decide({ want, seen: there({ name: "old", size: "small" }) });
    expect(JSON.stringify(step)).not.toMatch(/s3cret|old/);
    expect(step?.changes).toContainEqual({ property: "size", before: "small", effect: "restart", unknown: ref.text });
  });
});

const ref = { text: "${tag.a.size}", address: "tag.a", property: "size" };

describe("a resource that is nobody's", () => {
  const seen = { ...there({ size: "small" }), ours: false } as ResourceSituation["seen"];

  it("is taken in, and changed as is needed", () => {
    expect(decide({ seen })).toMatchObject({ effect: "adopt", changes: [] });
    expect(decide({ seen, want: wanted({ size: "large" }) })).toMatchObject({
      ...{ effect: "adopt", changes: [{ property: "size" }] },
    });
  });

  it("is not taken in by a type that cannot, and not to be replaced", () => {
    expect(decide({ seen, traits: { ...traits, adopts: false } })?.effect).toBe("impossible");
    expect(decide({ seen, want: wanted({ image: "b" }) })?.effect).toBe("replace");
  });
});

describe("a resource that is to be absent", () => {
  const absent = { resource: { ...resource, ensure: "absent" as const } };

  it("is destroyed where it is there, and needs nothing where it is not", () => {
    expect(decide({ ...absent, seen: there({}) })).toMatchObject({ effect: "destroy", id: "1" });
    expect(decide(absent)).toBeUndefined();
  });

  it("is never destroyed while it is protected, and only where it is ours when all of ours go", () => {
    const seen = { ...there({}), ours: false } as ResourceSituation["seen"];
    expect(decide({ resource: { ...absent.resource, protect: true }, seen: there({}) })).toMatchObject({
      held: { reason: "protected" },
    });
    expect(decide({ ...absent, seen, fate: "leaving" })).toBeUndefined();
  });

  it("says whether it is declared so, or no longer declared, or goes with its whole stack", () => {
    const why = (fate: ResourceSituation["fate"]) => decide({ ...absent, seen: there({}), fate })?.why;
    expect([why("declared"), why("pruned"), why("leaving")]).toEqual([
      ...["declared absent", "no longer declared", "its stack is destroyed"],
    ]);
  });
});

describe("a step", () => {
  it("is only told where the stack is observed, or drift is reported", () => {
    const seen = there({ size: "large" });
    expect(decide({ seen, mode: "observe" })).toMatchObject({ effect: "restart", held: { reason: "observe" } });
    const reporting = { resource: { ...resource, onDrift: "report" as const }, seen };
    expect(decide(reporting)).toMatchObject({ held: { reason: "reported" } });
    expect(decide({ ...reporting, cause: "intentional" })).not.toHaveProperty("held");
  });

  it("that is impossible refuses nothing where it is only told", () => {
    const want = wanted({ zone: "b" });
    const seen = there({ zone: "a" });
    const refuses = (changes: Partial<ResourceSituation>) => {
      const step = decide({ want, seen, ...changes });
      expect(step?.effect).toBe("impossible");
      return step !== undefined && isRefusal(step);
    };
    expect(refuses({})).toBe(true);
    expect(refuses({ mode: "observe" })).toBe(false);
    const reporting = { ...resource, onDrift: "report" as const };
    expect(refuses({ resource: reporting })).toBe(false);
    expect(refuses({ resource: reporting, cause: "intentional" })).toBe(true);
  });

  it("that follows from another's change has its cause, and is no drift of its own", () => {
    const told = { seen: there({ size: "small" }), told: ["file./etc/a"], toldCause: "intentional" } as const;
    const reporting = { ...resource, onDrift: "report" as const };
    expect(decide({ ...told, resource: reporting })).toMatchObject({ effect: "refresh", cause: "intentional" });
    expect(decide({ ...told, resource: reporting, toldCause: "corrective" })).not.toHaveProperty("held");
    expect(decide({ ...told, seen: there({ size: "large" }) })).toMatchObject({
      ...{ effect: "restart", cause: "corrective" },
    });
  });

  it("that makes something shows nothing of what is never shown again", () => {
    const want = wanted({ size: "small", user_data: "pa55" }, { digests: { user_data: "d1" } });
    expect(decide({ want })?.changes).toEqual([
      { property: "size", after: "small", effect: "in-place" },
      { property: "user_data", effect: "in-place", secret: true },
    ]);
  });

  it("is a refresh where something else has changed that it is told of", () => {
    const seen = there({ size: "small" });
    expect(decide({ seen, told: ["file./etc/a"] })).toMatchObject({
      effect: "refresh",
      why: "file./etc/a has changed",
    });
    expect(decide({ seen, told: ["file./etc/a"], traits: { ...traits, refreshes: false } })).toBeUndefined();
  });

  it("runs a task where it is due", () => {
    expect(decide({ seen: { kind: "due", why: "/x is not there" } })).toMatchObject({
      effect: "run",
      why: "/x is not there",
    });
    expect(decide({ seen: { kind: "done" } })).toBeUndefined();
    expect(decide({ seen: { kind: "done" }, told: ["file./a"] })?.effect).toBe("refresh");
  });
});
