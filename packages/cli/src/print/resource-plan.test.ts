import type { ResourceStep, ResourcesPlan, StackPlan } from "@muster/model";
import { describe, expect, it } from "vitest";
import { hasChanges, isRefused, plansText } from "./plan.ts";

const step = (words: Partial<ResourceStep>): ResourceStep => {
  return {
    address: "droplet.web-1",
    effect: "create",
    cause: "intentional",
    why: "missing",
    changes: [],
    after: [],
    ...words,
  };
};

function planned(words: Partial<ResourcesPlan>): StackPlan {
  const resources = { steps: [], unchanged: 0, untold: [], released: [], unmanaged: [], digest: "d", ...words };
  return { stack: "shop", generation: 1, changed: false, changes: [], mode: "enforce", groups: [], resources };
}

const told = (words: Partial<ResourcesPlan>) => plansText([planned(words)], { colors: false });
/** The lines below the first, which names the stack, without the last, which counts. */
const stepOf = (words: Partial<ResourceStep>) =>
  told({ steps: [step(words)] })
    .split("\n")
    .slice(1, -2);

describe("a plan of resources in words", () => {
  it("says nothing of those that are as declared", () => {
    expect(told({ unchanged: 3 })).toBe("Nothing to do.\n");
    expect(hasChanges(planned({ unchanged: 3 }))).toBe(false);
  });

  it("says of another declaration that all of it is so already, and nothing beside what is to be done", () => {
    const otherwise = { ...planned({ unchanged: 1 }), changed: true };
    expect(plansText([otherwise], { colors: false })).toBe("shop  declared otherwise: its resources are so already\n");
    const done = { ...planned({ steps: [step({})] }), changed: true };
    expect(plansText([done], { colors: false })).not.toContain("declared otherwise");
  });

  it("tells each step with its sign, in their order, and counts them", () => {
    const steps = [
      step({ address: "tag.a" }),
      step({ address: "file./a", effect: "adopt", why: "there already, and nobody's" }),
      step({ address: "file./b", effect: "in-place", why: "mode differs", after: ["tag.a", "file./a"] }),
      step({ address: "droplet.c", effect: "restart", why: "size differs" }),
      step({ address: "droplet.d", effect: "replace", why: "image differs" }),
      step({ address: "droplet.e", effect: "destroy", why: "declared absent" }),
      step({ address: "command.f", effect: "run", why: "it was never run" }),
      step({ address: "process.g", effect: "refresh", why: "file./b has changed" }),
    ];
    expect(told({ steps, unchanged: 1_200 })).toBe(
      [
        "shop  resources",
        "  + tag.a  create (missing)",
        "  + file./a  adopt (there already, and nobody's)",
        "  ~ file./b  change in place (mode differs), after tag.a, file./a",
        "  ~ droplet.c  change and restart (size differs)",
        "  -/+ droplet.d  replace (image differs)",
        "  - droplet.e  destroy (declared absent)",
        "  > command.f  run (it was never run)",
        "  > process.g  refresh (file./b has changed)",
        "  1 to make, 1 to adopt, 2 to change, 1 to replace, 1 to destroy, 1 to run, 1 to refresh, 1,200 as declared",
        "",
      ].join("\n"),
    );
    expect([hasChanges(planned({ steps })), isRefused(planned({ steps }))]).toEqual([true, false]);
  });

  it("tells what differs, what it costs, and for how long the thing is away", () => {
    const size = { property: "size", before: "s-1vcpu-1gb", after: "s-2vcpu-2gb", effect: "restart" } as const;
    const changes = [size, { property: "backups", before: false, after: true, effect: "in-place" } as const];
    const words = {
      effect: "restart",
      why: "size, backups differ",
      downtimeMs: 60_000,
      price: { before: 6, after: 12 },
    } as const;
    expect(stepOf({ ...words, changes })).toEqual([
      "  ~ droplet.web-1  change and restart (size, backups differ)",
      "      size: s-1vcpu-1gb → s-2vcpu-2gb (restart, away about 1 min)",
      "      backups: false → true",
      "      $6.00 → $12.00 a month",
    ]);
    const forEver = { ...size, irreversible: true, reason: "a disk never shrinks" } as const;
    expect(stepOf({ ...words, changes: [forEver] })[1]).toBe(
      "      size: s-1vcpu-1gb → s-2vcpu-2gb (restart, away about 1 min, can never be changed back; a disk never shrinks)",
    );
    expect(stepOf({ effect: "destroy", why: "declared absent", price: { before: 6 }, downtimeMs: 7_200_000 })).toEqual([
      "  - droplet.web-1  destroy (declared absent)",
      "      away about 2 h",
      "      $6.00 → nothing a month",
    ]);
  });

  it("shows no secret, and says what is not known yet", () => {
    expect(
      stepOf({
        changes: [
          { property: "password", effect: "in-place", secret: true },
          { property: "address", effect: "in-place", unknown: "${droplet.db.public_address}" },
          { property: "note", effect: "in-place", after: "x".repeat(100) },
          { property: "script", effect: "in-place", after: "a\nb\nc\n" },
          { property: "empty", effect: "in-place", after: "" },
          { property: "tags", effect: "in-place", after: ["a", "b"] },
        ],
      }).slice(1),
    ).toEqual([
      "      password: (secret)",
      "      address: (known after apply: ${droplet.db.public_address})",
      `      note: ${"x".repeat(59)}…`,
      "      script: 3 lines",
      '      empty: ""',
      '      tags: ["a","b"]',
    ]);
  });

  it("tells of texts of several lines what differs between them", () => {
    const [before, after] = ["a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n"];
    const changes = [{ property: "content", before, after, effect: "in-place" } as const];
    expect(stepOf({ effect: "in-place", why: "content differs", changes }).slice(1)).toEqual(
      ["content:", "  …", "    b", "    c", "  - d", "  + D", "    e", "    f"].map((line) => `      ${line}`),
    );
    const long = {
      property: "content",
      before: "a\n".repeat(100),
      after: "b\n".repeat(100),
      effect: "in-place",
    } as const;
    const lines = stepOf({ effect: "in-place", why: "content differs", changes: [long] });
    expect([lines.length, lines.at(-1)]).toEqual([42, "        and 161 more lines (--output json has all)"]);
  });

  it.each([
    ["<h1>hi</h1>", "<h1>hi</h1>\n", String.raw`"<h1>hi</h1>" → "<h1>hi</h1>\n"`],
    ["x   \n\n\n", "x\n", String.raw`"x   \n\n\n" → "x\n"`],
    ["a\u00a0b", "a b", String.raw`"a\u00a0b" → "a b"`],
    ["a\tb", "a b", String.raw`"a\tb" → "a b"`],
    ["a\r\n", "a\n", String.raw`"a\r\n" → "a\n"`],
    ["1", 1, '"1" → 1'],
    [`${"x".repeat(80)} `, "x".repeat(80), `"…${"x".repeat(20)} " → "…${"x".repeat(20)}"`.replaceAll('"…', "…")],
  ])("shows what differs between %j and %j, though it is not seen", (before, after, shown) => {
    const changes = [{ property: "content", before, after, effect: "in-place" } as const];
    expect(stepOf({ effect: "in-place", why: "content differs", changes })[1]).toBe(`      content: ${shown}`);
  });

  it("shows the blanks of lines that differ in nothing else", () => {
    const changes = [
      { property: "content", before: "a\nb\n\tc\nd\n", after: "a\nb  \n  c\nD\n", effect: "in-place" } as const,
    ];
    expect(stepOf({ effect: "in-place", why: "content differs", changes }).slice(2)).toEqual(
      ["  a", '- "b"', String.raw`- "\tc"`, "- d", '+ "b  "', '+ "  c"', "+ D"].map(
        (line) => `        ${line}`,
      ),
    );
  });

  it("says apart of what is taken in that it is changed", () => {
    const changes = [{ property: "mode", before: "0600", after: "0644", effect: "in-place" } as const];
    const adopt = { effect: "adopt", why: "there already, and nobody's" } as const;
    expect(
      told({ steps: [step({ ...adopt, address: "file./a", changes }), step({ ...adopt, address: "file./b" })] }),
    ).toBe(
      [
        "shop  resources",
        "  ~ file./a  adopt and change (there already, and nobody's)",
        "      mode: 0600 → 0644",
        "  + file./b  adopt (there already, and nobody's)",
        "  1 to adopt, 1 to adopt and change",
        "",
      ].join("\n"),
    );
  });

  it("says why a step is held, and what to do; where somebody has to say more, apply refuses", () => {
    const held = (reason: string) => ({
      steps: [step({ ...words, held: { reason, message: "what is on it is lost" } })],
    });
    const words = { effect: "replace", why: "image differs", next: "Say `--allow replace`." } as const;
    expect(told(held("needs-consent"))).toBe(
      [
        "shop  resources",
        "  ! droplet.web-1  replace (image differs)",
        "      held: what is on it is lost",
        "      next: Say `--allow replace`.",
        "  1 held",
        "",
      ].join("\n"),
    );
    expect(isRefused(planned(held("needs-consent")))).toBe(true);
    expect(isRefused(planned(held("protected")))).toBe(true);
    expect(isRefused(planned(held("reported")))).toBe(false);
    expect(hasChanges(planned(held("reported")))).toBe(true);
  });

  it("gives what is impossible its way out", () => {
    const words = { effect: "impossible", why: "a disk never shrinks", next: "Make another." } as const;
    expect(stepOf(words)).toEqual(["  ! droplet.web-1  impossible: a disk never shrinks", "      next: Make another."]);
    expect(isRefused(planned({ steps: [step(words)] }))).toBe(true);
  });

  it("lists what could not be looked at, what is declared no longer and what nobody declares", () => {
    const trouble = { reason: "look.denied", message: "no right to read" };
    expect(told({ unchanged: 1, untold: [{ address: "file./a", trouble }] })).toBe(
      "shop  resources\n  ! file./a  cannot be told: no right to read\n  1 cannot be told, 1 as declared\n",
    );
    const listed = {
      released: [{ address: "droplet.old", protect: true }],
      unmanaged: [
        { type: "droplet", id: "7", name: "web-9" },
        ...Array.from({ length: 12 }, (_, id) => ({ type: "tag", id: `t${id}` })),
      ],
    };
    expect(told(listed)).toBe(
      [
        "shop  resources",
        "  droplet.old  no longer declared: it stays, and is protected",
        "  droplet web-9 (7)  declared nowhere",
        ...Array.from({ length: 9 }, (_, id) => `  tag t${id}  declared nowhere`),
        "  and 3 more, declared nowhere (--output json has all)",
        "Nothing to do.",
        "",
      ].join("\n"),
    );
    expect(hasChanges(planned(listed))).toBe(false);
  });

  it("prints nothing that would command a terminal, and colours only where there are colours", () => {
    const changes = [
      { property: "content", before: "a\nb\u001b[2J\n", after: "c\n\u001b[2J", effect: "in-place" } as const,
    ];
    const steps = [step({ address: "file./a\u001b[2J", why: "\u001b[2J", changes })];
    expect(told({ steps })).not.toContain("\u001b");
    expect(plansText([planned({ steps: [step({})] })], { colors: true })).toContain("\u001b[32m+\u001b[0m");
  });
});
