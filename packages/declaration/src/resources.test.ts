import { describe, expect, it } from "vitest";
import { failuresOf, read, wordsOf } from "./testing.ts";

const failures = (text: string) => failuresOf(() => read(text));
const words = (text: string) => wordsOf(() => read(text));
/** Line 4 is the entry `web-1`. */
const droplet = (entry: string) => `stack: shop\nresources:\n  droplet:\n    web-1: ${entry}\n`;

describe("a resource", () => {
  it("has a type, a name and properties, and Muster's own words beside them", () => {
    const { resources } = read(
      droplet(
        "{ region: lon1, ensure: present, dependsOn: file./etc/motd, notify: [task.a, task.a.b], protect: true, " +
          "ignore: [image], onDrift: report, provider: do-london, allow: [replace, irreversible] }",
      ),
    ).stack;
    expect({ ...resources }).toEqual({
      "droplet.web-1": {
        ...{ address: "droplet.web-1", type: "droplet", name: "web-1", provider: "do-london", ensure: "present" },
        ...{ properties: { region: "lon1" }, dependsOn: ["file./etc/motd"], notify: ["task.a", "task.a.b"] },
        ...{ protect: true, ignore: ["image"], onDrift: "report", checks: [], allow: ["replace", "irreversible"] },
      },
    });
  });

  it("needs no more than its name", () => {
    for (const entry of ["", "{}"]) {
      expect(read(droplet(entry)).stack.resources["droplet.web-1"]).toEqual({
        ...{ address: "droplet.web-1", type: "droplet", name: "web-1", ensure: "present", properties: {} },
        ...{ dependsOn: [], notify: [], protect: false, ignore: [], onDrift: "repair", allow: [], checks: [] },
      });
    }
    expect(read("stack: shop\nresources: { droplet: }\n").stack.groups).toEqual({});
  });

  it("may be called anything that fits on a line", () => {
    const text = 'stack: a\nresources: { file: { "/srv/my files/a.b.c": {}, constructor: {}, toString: , "é:#": {} } }';
    const { resources } = read(text).stack;
    expect(Object.keys(resources)).toEqual([
      "file./srv/my files/a.b.c",
      "file.constructor",
      "file.toString",
      "file.é:#",
    ]);
    expect(resources["constructor"]).toBeUndefined();
  });

  it("cannot have a name that no reference could tell, nor a type with a dot", async () => {
    const names = ['"a{b"', '"a\\nb"', '""', '"\\u2028"', `"${"x".repeat(4_097)}"`, '"__proto__"'];
    for (const name of names) {
      expect(await failures(`stack: a\nresources: { file: { ${name}: {} } }`)).toEqual([
        expect.stringMatching(/^declaration\.bad-name stack\.yaml:2:22 /),
      ]);
    }
    expect(await failures("stack: a\nresources: { a.b: { c: {} } }")).toEqual([
      'declaration.bad-name stack.yaml:2:14 (resources["a.b"])',
    ]);
  });

  it("is refused for values of the wrong kind, each at its place", async () => {
    const own =
      "{ ensure: gone, dependsOn: [file], notify: 7, protect: 1, ignore: image, onDrift: no, provider: [], allow: [all] }";
    expect(await failures(droplet(own))).toEqual([
      "declaration.wrong-kind stack.yaml:4:22 (resources.droplet.web-1.ensure)",
      "declaration.wrong-kind stack.yaml:4:40 (resources.droplet.web-1.dependsOn[0])",
      "declaration.wrong-kind stack.yaml:4:55 (resources.droplet.web-1.notify)",
      "declaration.wrong-kind stack.yaml:4:67 (resources.droplet.web-1.protect)",
      "declaration.wrong-kind stack.yaml:4:78 (resources.droplet.web-1.ignore)",
      "declaration.wrong-kind stack.yaml:4:94 (resources.droplet.web-1.onDrift)",
      "declaration.wrong-kind stack.yaml:4:108 (resources.droplet.web-1.provider)",
      "declaration.wrong-kind stack.yaml:4:120 (resources.droplet.web-1.allow[0])",
    ]);
    expect(await failures(droplet("[]"))).toEqual(["declaration.wrong-kind stack.yaml:4:12 (resources.droplet.web-1)"]);
    expect(await failures("stack: a\nresources: { droplet: 7 }")).toEqual([
      "declaration.wrong-kind stack.yaml:2:23 (resources.droplet)",
    ]);
    expect(await failures("stack: a\nresources: [a]")).toEqual(["declaration.wrong-kind stack.yaml:2:12 (resources)"]);
    expect(await words(droplet("{ dependsOn: motd }"))).toContain(
      '`dependsOn` must be an address, `TYPE.NAME`, such as `file./etc/motd`, and is the text "motd"',
    );
  });

  it("cannot both be gone and be protected", async () => {
    const text = droplet("{ ensure: absent, protect: true }");
    expect(await failures(text)).toEqual([
      "declaration.resources-contradict stack.yaml:4:30 (resources.droplet.web-1.protect)",
    ]);
    expect(await words(text)).toBe(
      "`droplet.web-1`: it is to be gone (`ensure: absent`), and never destroyed (`protect: true`) Leave out one of them.",
    );
  });
});

describe("what becomes of things that nothing declares", () => {
  it("is said by type", async () => {
    const text = "stack: a\npurge: { droplet: destroy, volume: noop, constructor: noop }\ngroups: {}";
    expect({ ...read(text).stack.purge }).toEqual({ droplet: "destroy", volume: "noop", constructor: "noop" });
    expect({ ...read("stack: a\ngroups: {}").stack.purge }).toEqual({});
    expect(await failures("stack: a\npurge: { droplet: all }\ngroups: {}")).toEqual([
      "declaration.wrong-kind stack.yaml:2:19 (purge.droplet)",
    ]);
  });
});

describe("ten thousand resources", () => {
  it("are read, and their order is kept", () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => [`/etc/many/${index}`, { content: "{{x}}" }]);
    const { resources } = read(
      JSON.stringify({ stack: "many", resources: { file: Object.fromEntries(entries) } }),
    ).stack;
    expect(Object.keys(resources)).toEqual(entries.map(([path]) => `file.${path}`));
  });
});
