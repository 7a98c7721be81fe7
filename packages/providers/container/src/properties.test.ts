import { describe, expect, it } from "vitest";
import { containerProperties } from "./properties.ts";

describe("a container's properties", () => {
  it.each<[string, object]>([
    ["nothing but an image", {}],
    ["a published port in the member's own words", { ports: [{ container: 80, host: "8080" }] }],
    ["an environment with a secret", { env: { A: "b", TOKEN: { secret: { env: "TOKEN" } } } }],
    ["limits", { memory: 64 << 20, cpus: 0.57, pids: 100 }],
    ["no limits", { memory: 0, cpus: 0, pids: 0 }],
    ["a health check", { health: { command: ["true"], interval: "500ms", startPeriod: "1m30s" } }],
    ["a volume by its name", { mounts: [{ source: "data", target: "/data" }] }],
  ])("may be %s", (_what, more) => {
    expect(containerProperties.safeParse({ image: "web:1", ...more }).error?.issues).toBeUndefined();
  });

  it.each<[string, object]>([
    ["no image", { image: "" }],
    ["what nobody knows", { privileged: true }],
    ["a command in one text", { command: "sleep 1" }],
    ["a port that is none", { ports: [{ container: 0 }] }],
    ["a port whose text is none", { ports: [{ container: 80, host: "65536" }] }],
    ["a port whose text is not a number", { ports: [{ container: 80, host: "http" }] }],
    ["an address that is a name", { ports: [{ container: 80, address: "localhost" }] }],
    ["a variable with a sign in its name that ends it", { env: { "A=B": "c" } }],
    ["a directory beside the stack file", { mounts: [{ source: "./data", target: "/data" }] }],
    ["a place inside that is none", { mounts: [{ source: "/data", target: "data" }] }],
    ["less memory than an engine gives", { memory: 1_000_000 }],
    ["a thousandth of a CPU", { cpus: 0.001 }],
    ["a duration that is none", { health: { command: ["true"], interval: "soon" } }],
    ["a signal that is none", { stop: { signal: "TERM" } }],
    ["a network that is a path", { networks: ["../x"] }],
  ])("may not be %s", (_what, more) => {
    expect(containerProperties.safeParse({ image: "web:1", ...more }).success).toBe(false);
  });
});
