import { describe, expect, it } from "vitest";
import { lifeOf, observedOf } from "./state.ts";

const plain = { beingMade: false, tellsMemory: true };

describe("a container's life", () => {
  it.each([
    [{ Status: "running" }, { phase: "running" }],
    [{ Status: "running", Health: { Status: "healthy" } }, { phase: "running" }],
    [{ Status: "running", Health: { Status: "none" } }, { phase: "running" }],
    [{ Status: "running", Health: { Status: "" } }, { phase: "running" }],
    [
      { Status: "running", Health: { Status: "starting" } },
      { phase: "starting", reason: "its health check has not passed yet" },
    ],
    [
      { Status: "running", Health: { Status: "unhealthy", FailingStreak: 3, Log: [{ ExitCode: 0 }, { ExitCode: 7 }] } },
      { phase: "running", ill: "its health check failed 3 times in a row, at last with code 7" },
    ],
    [{ Status: "created" }, { phase: "ended", reason: "it was made and never started" }],
    [
      { Status: "created", Error: "no such user" },
      { phase: "ended", reason: "it was made and never started: no such user" },
    ],
    [
      { Status: "exited", ExitCode: 0 },
      { phase: "ended", reason: "exited with code 0" },
    ],
    [
      { Status: "exited", ExitCode: 3 },
      { phase: "ended", reason: "exited with code 3" },
    ],
    [
      { Status: "exited", ExitCode: 255 },
      { phase: "ended", reason: "exited with code 255" },
    ],
    [
      { Status: "exited", ExitCode: 143 },
      { phase: "ended", reason: "killed by SIGTERM (code 143)" },
    ],
    [
      { Status: "exited", ExitCode: 137, OOMKilled: true },
      { phase: "ended", reason: "killed: it had used up its memory" },
    ],
    [{ Status: "dead" }, { phase: "ended", reason: "it is dead: the engine failed to remove it" }],
    [{ Status: "paused" }, { phase: "running", reason: "it is paused" }],
    [
      { Status: "paused", Health: { Status: "starting" } },
      { phase: "starting", reason: "its health check has not passed yet; it is paused" },
    ],
    [
      { Status: "paused", Health: { Status: "unhealthy" } },
      { phase: "running", reason: "it is paused", ill: "its health check failed" },
    ],
    [{ Status: "removing" }, { phase: "ending", reason: "it is removing" }],
    [{ Status: "hibernating" }, { phase: "unknown", reason: "the engine calls it hibernating" }],
  ])("%j is %j", (state, life) => {
    expect(lifeOf(state, plain, 64 << 20)).toEqual(life);
  });

  it("is about to begin while it is being made", () => {
    expect(lifeOf({ Status: "created" }, { ...plain, beingMade: true }, 0)).toMatchObject({ phase: "starting" });
  });

  it("may have ended for want of memory where a limit is and the engine does not tell", () => {
    const killed = { Status: "exited", ExitCode: 137 };
    const unsure = { ...plain, tellsMemory: false };
    expect(lifeOf(killed, unsure, 1).reason).toBe("killed by SIGKILL (code 137): it may have used up its memory");
    expect(lifeOf(killed, unsure, 0).reason).toBe("killed by SIGKILL (code 137)");
    expect(lifeOf(killed, plain, 1).reason).toBe("killed by SIGKILL (code 137)");
  });
});

describe("a container", () => {
  it("is seen with what can be changed while it lives, and no limit is a limit of 0", () => {
    const container = {
      Id: "1",
      Name: "/muster-1",
      Created: "2026-01-31T14:03:59.123456789Z",
      State: { Status: "running" },
      Config: { Image: "web:1", Labels: { a: "b", "muster.container": "muster-1" } },
      HostConfig: { Memory: 0, NanoCpus: 570_000_000, PidsLimit: -1 },
    };
    expect(observedOf(container, plain)).toEqual({
      id: "1",
      tags: { a: "b" },
      phase: "running",
      properties: { image: "web:1", memory: 0, cpus: 0.57, pids: 0 },
      since: Date.UTC(2026, 0, 31, 14, 3, 59, 123),
    });
  });
});
