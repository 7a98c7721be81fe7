import { describe, expect, it } from "vitest";
import { type Resource, resource } from "./resources.ts";
import { defineStack, types } from "./stack.ts";

const motd = resource.file("/etc/motd", { content: "Welcome\n", mode: "0644" });

describe("resources in TypeScript", () => {
  it("are the data that YAML would give", () => {
    const reload = resource.plugin("command", "reload", { run: ["systemctl", "reload", "nginx"] });
    const conf = resource.file("/etc/nginx/nginx.conf", {
      content: `# as ${motd.out.path}\n`,
      mode: motd.out.mode,
      dependsOn: [motd, "directory./etc/nginx"],
      notify: reload,
      protect: true,
    });
    const stack = defineStack({
      stack: "host",
      providers: { alps: { type: "cow" } },
      resources: [
        reload,
        [motd, [conf]],
        resource.file("/etc/old", { ensure: "absent" }),
        resource.plugin("cow", "bessy", { provider: "alps", bell: { secret: { command: ["pass", "bell"] } } }),
      ],
      purge: { cow: "noop" },
    });
    expect(JSON.parse(JSON.stringify(stack))).toEqual(stack);
    expect(stack).toEqual({
      stack: "host",
      providers: { alps: { type: "cow" } },
      resources: {
        command: { reload: { run: ["systemctl", "reload", "nginx"] } },
        file: {
          "/etc/motd": { content: "Welcome\n", mode: "0644" },
          "/etc/nginx/nginx.conf": {
            content: "# as ${file./etc/motd.path}\n",
            mode: "${file./etc/motd.mode}",
            dependsOn: ["file./etc/motd", "directory./etc/nginx"],
            notify: "command.reload",
            protect: true,
          },
          "/etc/old": { ensure: "absent" },
        },
        cow: { bessy: { provider: "alps", bell: { secret: { command: ["pass", "bell"] } } } },
      },
      purge: { cow: "noop" },
    });
  });

  it("may stand by type and name, and a file may follow groups in either form", () => {
    const follows = { content: "{{#each groups.web}}{{slot}}{{/each}}", notify: { command: ["true"], settle: "0s" } };
    const byType = defineStack({
      stack: "host",
      resources: { file: { "/a": follows, "/b": { content: "b", dependsOn: motd } } },
    });
    const listed = defineStack({
      stack: "host",
      resources: [resource.file("/a", follows), resource.file("/b", { content: "b", dependsOn: "file./etc/motd" })],
    });
    expect(byType).toEqual(listed);
    expect(listed.resources).toEqual({ file: { "/a": follows, "/b": { content: "b", dependsOn: "file./etc/motd" } } });
  });

  it("are refused where two have the same address", () => {
    expect(() => defineStack({ stack: "host", resources: [motd, resource.file("/etc/motd", {})] })).toThrow(
      "`file./etc/motd`: it is declared twice",
    );
  });
});

// The type checker is the test here: where it accepts what stands below such a comment, the comment is an error.
const resources: readonly Resource[] = [
  // @ts-expect-error an unknown property
  resource.file("/a", { contents: "" }),
  // @ts-expect-error a property of the wrong kind
  resource.file("/a", { mode: 644 }),
  // @ts-expect-error a value of another kind than is wanted
  resource.file("/a", { content: resource.process("p", { command: "a" }).out.args }),
  // @ts-expect-error a secret that is to be read nowhere
  resource.file("/a", { content: { secret: { vault: "a" } } }),
  // @ts-expect-error neither a resource nor an address
  resource.file("/a", { dependsOn: "motd" }),
  // @ts-expect-error a template is no resource
  resource.file("/a", { notify: types.file({ path: "/a" }) }),
  // @ts-expect-error a property that it does not have
  resource.file("/a", { ignore: ["contents"] }),
  // @ts-expect-error a consent that there is not
  resource.file("/a", { allow: ["everything"] }),
  // @ts-expect-error gone, and never destroyed
  resource.file("/a", { ensure: "absent", protect: true }),
  // @ts-expect-error a missing property
  resource.process("p", {}),
];
const others: readonly unknown[] = [
  // @ts-expect-error a property that nothing can be read from
  motd.out.contents,
  // @ts-expect-error a type that is not built in
  resource.files,
  // @ts-expect-error an unknown type, written as data
  defineStack({ stack: "host", resources: { files: {} } }).stack,
  // @ts-expect-error an unknown property, written as data
  defineStack({ stack: "host", resources: { file: { "/a": { contents: "" } } } }).stack,
  // @ts-expect-error a word that says nothing of what is to become of things
  defineStack({ stack: "host", purge: { file: "all" } }).stack,
];
const right: readonly Resource[] = [
  resource.process("p", { ensure: "absent" }),
  resource.process("p", { command: "a", args: resource.process("q", { command: "b", args: [] }).out.args }),
  resource.file("motd", { path: "/etc/motd", content: { secret: { env: "MOTD" } }, ignore: ["content"] }),
];

it("leaves to the reader of the stack what the editor has refused", () => {
  expect([...resources, ...right].every(({ entry }) => typeof entry === "object")).toBe(true);
  expect(others).toEqual(["${file./etc/motd.contents}", undefined, "host", "host", "host"]);
});
