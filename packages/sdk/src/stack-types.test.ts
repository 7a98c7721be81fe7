import { expect, it } from "vitest";
import { defineStack, flavors, type StackFile, types } from "./stack.ts";

// The type checker is the test here: where it accepts what stands below such a comment, the comment is an error.
const template = types.instanceFile({});
const stacks: readonly StackFile[] = [
  // @ts-expect-error an unknown key
  defineStack({ stack: "shop", ownr: "team-web", groups: {} }),
  // @ts-expect-error a missing key
  defineStack({ groups: {} }),
  // @ts-expect-error a value of the wrong kind
  defineStack({ stack: 7, groups: {} }),
  // @ts-expect-error a size that is no number
  defineStack({ stack: "shop", groups: { web: { size: "3", template } } }),
  // @ts-expect-error both a size and members
  defineStack({ stack: "shop", groups: { web: { size: 3, members: ["a"], template } } }),
  // @ts-expect-error neither a size nor members
  defineStack({ stack: "shop", groups: { web: { template } } }),
  // @ts-expect-error no template
  defineStack({ stack: "shop", groups: { web: { size: 3 } } }),
  // @ts-expect-error an unknown key of a group
  defineStack({ stack: "shop", groups: { web: { size: 3, template, flavour: flavors.vanilla() } } }),
  // @ts-expect-error an unknown type, written as data
  defineStack({ stack: "shop", groups: { web: { size: 3, template: { "instance-fil": {} } } } }),
  // @ts-expect-error an unknown property of a type, written as data
  defineStack({ stack: "shop", groups: { web: { size: 3, template: { file: { path: "/a/{id}", contents: "" } } } } }),
  // @ts-expect-error a flavor that is none
  defineStack({ stack: "shop", groups: { web: { size: 3, template, flavor: "vanilla" } } }),
  // @ts-expect-error an unknown setting
  defineStack({ stack: "shop", providers: { "instance-file": { directory: "." } }, groups: {} }),
  // @ts-expect-error a mode that is none
  defineStack({ stack: "shop", mode: "watch", groups: {} }),
  // @ts-expect-error a duration without a unit
  defineStack({ stack: "shop", groups: { web: { size: 3, template, rollout: { minReady: 10 } } } }),
  // @ts-expect-error a unit that is none
  defineStack({ stack: "shop", groups: { web: { size: 3, template, rollout: { minReady: "10 seconds" } } } }),
  // @ts-expect-error an amount that is neither a number nor a share
  defineStack({ stack: "shop", groups: { web: { size: 3, template, rollout: { maxSurge: "1" } } } }),
  // @ts-expect-error a share without its sign
  defineStack({ stack: "shop", groups: { web: { size: 3, template, repair: { breaker: 40 } } } }),
  // @ts-expect-error something else to do on a failure
  defineStack({ stack: "shop", groups: { web: { size: 3, template, rollout: { onFailure: "stop" } } } }),
];
const parts: readonly object[] = [
  // @ts-expect-error an unknown property
  types.instanceFile({ propertes: {} }),
  // @ts-expect-error a property of the wrong kind
  types.file({ path: "/srv/{id}", mode: 644 }),
  // @ts-expect-error a missing property
  types.file({ content: "hello" }),
  // @ts-expect-error an unknown property
  flavors.vanilla({ UserData: [] }),
  // @ts-expect-error a request to nowhere
  flavors.http({ timeout: "1s" }),
  // @ts-expect-error a command without a program
  flavors.command({ command: [] }),
  // @ts-expect-error a hook that there is not
  flavors.hooks({ stopped: { command: ["true"] } }),
  // @ts-expect-error a variable that is no text
  flavors.environment({ all: { AGE: 5 } }),
  // @ts-expect-error a part that is no flavor
  flavors.combo({ flavors: ["vanilla"] }),
  // @ts-expect-error a type that is not built in
  types.instanceFiles,
];

it("leaves to the reader of the stack what the editor has refused", () => {
  expect(stacks.every((stack) => typeof stack === "object")).toBe(true);
  expect(parts).toContain(undefined);
});
