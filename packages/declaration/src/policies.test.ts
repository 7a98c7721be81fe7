import { describe, expect, it } from "vitest";
import { failuresOf, read, wordsOf } from "./testing.ts";

/** A stack of one group; what is told of it begins on line 6, and its values at column 18. */
const stackWith = (members: string, ...lines: string[]) =>
  ["stack: shop", "groups:", "  web:", "    template: { instance-file: {} }", `    ${members}`, ...lines].join("\n");
const rolling = (members: string, rollout: string) => stackWith(members, `    rollout: { ${rollout} }`);
const repairing = (repair: string) => stackWith("size: 4", `    repair:  { ${repair} }`);

const groupOf = (text: string) => read(text).stack.groups["web"];
const failures = (text: string) => failuresOf(() => read(text));
const words = (text: string) => wordsOf(() => read(text));

describe("policies", () => {
  it("are read as they are declared", () => {
    const group = groupOf(`
stack: shop
groups:
  web:
    size: 4
    template: { instance-file: {} }
    rollout:
      maxUnavailable: 25%
      maxSurge: 1
      minReady: 10s
      initialDelay: 60s
      healthyDeadline: 5m
      progressDeadline: 10m
      canary: 1
      bake: 1h30m
      onFailure: revert
      drainTimeout: 0s
    repair:
      breaker: 40%
      maxInFlight: 1
      quarantineAfter: 3
      createsPerHour: 100
`);
    expect(group?.rollout).toEqual({
      maxUnavailable: { kind: "percent", percent: 25 },
      maxSurge: { kind: "count", count: 1 },
      minReadyMs: 10_000,
      initialDelayMs: 60_000,
      healthyDeadlineMs: 300_000,
      progressDeadlineMs: 600_000,
      canary: 1,
      bakeMs: 5_400_000,
      onFailure: "revert",
      drainTimeoutMs: 0,
    });
    expect(group?.repair).toEqual({ breakerPercent: 40, maxInFlight: 1, quarantineAfter: 3, createsPerHour: 100 });
  });

  it("are left out where they are not declared", () => {
    expect(groupOf(stackWith("size: 4"))).toMatchObject({ rollout: {}, repair: {} });
    expect(groupOf(rolling("size: 4", "canary: 1"))?.rollout).toEqual({ canary: 1 });
  });

  it("are enforced unless the stack only observes", async () => {
    expect(read(stackWith("size: 4")).stack.mode).toBe("enforce");
    expect(read(`${stackWith("size: 4")}\nmode: observe\n`).stack.mode).toBe("observe");
    expect(await failures(`${stackWith("size: 4")}\nmode: watch\n`)).toEqual([
      "declaration.wrong-kind stack.yaml:6:7 (mode)",
    ]);
    expect(await words(`${stackWith("size: 4")}\nmode: watch\n`)).toBe(
      '`mode` must be `enforce` or `observe`, and is the text "watch" Write `enforce` or `observe`.',
    );
  });
});

describe("policies that cannot be read", () => {
  it("are refused for unknown keys, and the nearest known one is named", async () => {
    expect(await failures(rolling("size: 4", "maxSerge: 1"))).toEqual([
      "declaration.unknown-key stack.yaml:6:16 (groups.web.rollout.maxSerge)",
    ]);
    expect(await words(rolling("size: 4", "maxSerge: 1"))).toContain("did you mean `maxSurge`?");
    expect(await failures(repairing("constructor: 1"))).toEqual([
      "declaration.unknown-key stack.yaml:6:16 (groups.web.repair.constructor)",
    ]);
  });

  it("are refused where they are no mapping", async () => {
    expect(await failures(stackWith("size: 4", "    rollout: fast", "    repair:"))).toEqual([
      "declaration.wrong-kind stack.yaml:6:14 (groups.web.rollout)",
      "declaration.wrong-kind stack.yaml:7:12 (groups.web.repair)",
    ]);
  });

  it.each([
    ["minReady: 10", "bad-duration", 26, "minReady"],
    ["healthyDeadline: 0s", "bad-duration", 33, "healthyDeadline"],
    ["progressDeadline: 0s", "bad-duration", 34, "progressDeadline"],
    ["drainTimeout: 31d", "bad-duration", 30, "drainTimeout"],
    ["maxSurge: 150%", "bad-amount", 26, "maxSurge"],
    ["maxUnavailable: -1", "bad-amount", 32, "maxUnavailable"],
    ["canary: -1", "bad-amount", 24, "canary"],
    ["canary: 10%", "wrong-kind", 24, "canary"],
    ["onFailure: stop", "wrong-kind", 27, "onFailure"],
  ])("rollout: { %s } is refused as a %s, with its place", async (rollout, code, column, key) => {
    expect(await failures(rolling("size: 4", rollout))).toEqual([
      `declaration.${code} stack.yaml:6:${column} (groups.web.rollout.${key})`,
    ]);
  });

  it.each([
    ["breaker: 40", "bad-amount", 25, "breaker"],
    ["breaker: 0%", "bad-amount", 25, "breaker"],
    ["breaker: 101%", "bad-amount", 25, "breaker"],
    ["maxInFlight: 0", "bad-amount", 29, "maxInFlight"],
    ["quarantineAfter: 0", "bad-amount", 33, "quarantineAfter"],
    ["quarantineAfter: 1001", "bad-amount", 33, "quarantineAfter"],
    ["createsPerHour: 0", "bad-amount", 32, "createsPerHour"],
    ["createsPerHour: 1000001", "bad-amount", 32, "createsPerHour"],
  ])("repair: { %s } is refused as a %s, with its place", async (repair, code, column, key) => {
    expect(await failures(repairing(repair))).toEqual([
      `declaration.${code} stack.yaml:6:${column} (groups.web.repair.${key})`,
    ]);
  });

  it("are all told at once, and nothing that only follows from them", async () => {
    const text = rolling("size: 4", "maxUnavailable: 0, maxSurge: 0, minReady: 10, bake: soon");
    expect(await failures(text)).toEqual([
      "declaration.bad-duration stack.yaml:6:58 (groups.web.rollout.minReady)",
      "declaration.bad-duration stack.yaml:6:68 (groups.web.rollout.bake)",
    ]);
    expect(await failures(rolling("size: 4", "minReady: 6m, healthyDedline: 10m"))).toEqual([
      "declaration.unknown-key stack.yaml:6:30 (groups.web.rollout.healthyDedline)",
    ]);
  });
});

describe("policies that contradict each other", () => {
  const named = "members: [a, b, c]";

  it.each([
    ["size: 4", "maxUnavailable: 0, maxSurge: 0", "maxSurge", "Write `maxSurge: 1`"],
    ["size: 4", "maxUnavailable: 0%, maxSurge: 0%", "maxSurge", "or `maxUnavailable: 1`"],
    ["size: 0", "maxUnavailable: 0, maxSurge: 0%", "maxSurge", "both 0"],
    [named, "maxSurge: 1", "maxSurge", "Take `maxSurge` out"],
    [named, "maxUnavailable: 1, maxSurge: 10%", "maxSurge", "each name is there once"],
    [named, "maxUnavailable: 0", "maxUnavailable", "Write `maxUnavailable: 1`, or take it out."],
    [named, "maxUnavailable: 0%, maxSurge: 0", "maxUnavailable", "goes before it comes anew"],
    ["size: 4", "canary: 4", "canary", "Write `canary: 3` at most"],
    ["size: 4", "canary: 9", "canary", "the group has 4 members"],
    ["size: 1", "canary: 1", "canary", "Take `canary` out"],
    [named, "canary: 3", "canary", "Write `canary: 2` at most"],
    ["size: 4", "bake: 10m", "bake", "Add `canary: 1`, or take `bake` out."],
    ["size: 4", "canary: 0, bake: 10m", "bake", "there are none"],
    ["size: 0", "bake: 10m", "bake", "there are none"],
    ["size: 4", "minReady: 1m, healthyDeadline: 1m", "minReady", "`healthyDeadline` is 1m."],
    ["size: 4", "minReady: 6m", "minReady", "`healthyDeadline` is 5m unless told"],
    ["size: 4", "initialDelay: 1m, healthyDeadline: 30s", "initialDelay", "`healthyDeadline` is 30s"],
    ["size: 4", "initialDelay: 5m", "initialDelay", "`healthyDeadline` is 5m unless told"],
    ["size: 4", "healthyDeadline: 15m", "healthyDeadline", "Write `progressDeadline: 15m` or more"],
    ["size: 4", "progressDeadline: 3m", "progressDeadline", "or `healthyDeadline: 3m` or less."],
    ["size: 4", "healthyDeadline: 2m, progressDeadline: 1m", "healthyDeadline", "`progressDeadline` is 1m"],
    ["size: 4", "drainTimeout: 10m", "drainTimeout", "Write a `progressDeadline` that is longer"],
    ["size: 4", "drainTimeout: 3h, progressDeadline: 2h", "drainTimeout", "`progressDeadline` is 2h"],
  ])("%s, rollout: { %s }: refused at %s, with the reason and the fix", async (members, rollout, key, said) => {
    const column = 16 + rollout.search(new RegExp(`\\b${key}:`)) + key.length + 2;
    expect(await failures(rolling(members, rollout))).toEqual([
      `declaration.policies-contradict stack.yaml:6:${column} (groups.web.rollout.${key})`,
    ]);
    expect(await words(rolling(members, rollout))).toMatch(/^group `web`: /);
    expect(await words(rolling(members, rollout))).toContain(said);
  });

  it.each([
    ["size: 4", "maxUnavailable: 0"],
    ["size: 4", "maxSurge: 0"],
    ["size: 4", "maxUnavailable: 1, maxSurge: 0"],
    // A share of a small group is never rounded down to nobody at all.
    ["size: 3", "maxUnavailable: 25%, maxSurge: 0"],
    [named, "maxUnavailable: 2, maxSurge: 0%"],
    [named, "canary: 2"],
    ["size: 4", "canary: 3, bake: 0s"],
    ["size: 0", "canary: 1"],
    ["size: 4", "minReady: 299s"],
    ["size: 4", "healthyDeadline: 10m"],
    ["size: 4", "healthyDeadline: 1ms"],
    ["size: 4", "healthyDeadline: 1h, progressDeadline: 1h"],
    ["size: 4", "progressDeadline: 5m"],
  ])("%s, rollout: { %s } holds together", async (members, rollout) => {
    expect(await failures(rolling(members, rollout))).toEqual([]);
  });

  it.each([
    ["size: 4", 3],
    [named, 2],
  ])(
    "%s, repair: { createsPerHour: %i }: refused, for it could never be made within the hour",
    async (members, most) => {
      const text = stackWith(members, `    repair: { createsPerHour: ${most} }`);
      expect(await failures(text)).toEqual([
        expect.stringMatching(/^declaration\.policies-contradict .* \(groups\.web\.repair\.createsPerHour\)$/),
      ]);
      expect(await words(text)).toContain(`Write \`createsPerHour: ${most + 1}\` or more`);
    },
  );

  it.each(["size: 4", "size: 0", named])("%s, repair: { createsPerHour: 4 } holds together", async (members) => {
    expect(await failures(stackWith(members, "    repair: { createsPerHour: 4 }"))).toEqual([]);
  });

  it("are told beside what else is wrong, and not of a size that nobody knows", async () => {
    expect(await failures(rolling("size: -1", "canary: 4, bake: 1h, minReady: 1h"))).toEqual([
      "declaration.bad-size stack.yaml:5:11 (groups.web.size)",
      "declaration.policies-contradict stack.yaml:6:47 (groups.web.rollout.minReady)",
    ]);
  });
});
