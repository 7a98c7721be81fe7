import { describe, expect, it } from "vitest";
import { defineStack, flavors, types } from "./stack.ts";

describe("a stack in TypeScript", () => {
  it("is the data that YAML would give", () => {
    const stack = defineStack({
      stack: "shop",
      owner: "team-web",
      runbook: "docs/runbook.md",
      mode: "observe",
      providers: { "instance-file": { dir: "./instances" } },
      groups: {
        web: {
          size: 3,
          rollout: { maxSurge: "25%", minReady: `${2 * 3}s`, healthyDeadline: "1m30s", canary: 1, bake: "10m" },
          repair: { breaker: "50%", maxInFlight: 2 },
          template: types.instanceFile({ properties: { greeting: "hello" } }),
          flavor: flavors.combo({ flavors: [flavors.vanilla({ init: ["echo hello"] }), flavors.vanilla()] }),
        },
        motd: { members: ["a", "b"], template: types.file({ path: "/srv/{id}", content: "Welcome\n", mode: "0644" }) },
        cattle: { size: 0, template: types.plugin("cow", { name: "bessy" }), flavor: flavors.plugin("herd", {}) },
      },
    });
    expect(JSON.parse(JSON.stringify(stack))).toEqual(stack);
    expect(stack).toEqual({
      stack: "shop",
      owner: "team-web",
      runbook: "docs/runbook.md",
      mode: "observe",
      providers: { "instance-file": { dir: "./instances" } },
      groups: {
        web: {
          size: 3,
          rollout: { maxSurge: "25%", minReady: "6s", healthyDeadline: "1m30s", canary: 1, bake: "10m" },
          repair: { breaker: "50%", maxInFlight: 2 },
          template: { "instance-file": { properties: { greeting: "hello" } } },
          flavor: { combo: { flavors: [{ vanilla: { init: ["echo hello"] } }, { vanilla: {} }] } },
        },
        motd: { members: ["a", "b"], template: { file: { path: "/srv/{id}", content: "Welcome\n", mode: "0644" } } },
        cattle: { size: 0, template: { cow: { name: "bessy" } }, flavor: { herd: {} } },
      },
    });
  });
});
