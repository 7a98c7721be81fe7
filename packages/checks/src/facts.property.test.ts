/** What Node tells of this machine and what a shell tells of it are the same facts. */
import { existsSync } from "node:fs";
import { chmod, link, lutimes, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASKS, type Facts, type Need, needsOf, noFacts } from "./facts.ts";
import { ASKED_HERE, gatherHere } from "./target/here.ts";
import { shellTarget } from "./target/target.ts";
import { NEVER, PATIENT, SURROUNDINGS } from "./test/surroundings.ts";

const SHELLS: readonly (readonly [string, ...string[]])[] = [
  ["dash", "-s"],
  ["busybox", "sh", "-s"],
  ["bash", "-s"],
];

const there = SHELLS.filter(([program]) => isThere(program));
const lacking = SHELLS.filter(([program]) => !isThere(program)).map(([program]) => program);
if (lacking.length > 0) process.stdout.write(`There is no ${lacking.join(", ")} here: facts are not asked of it\n`);

function isThere(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((directory) => existsSync(join(directory, program)));
}

/** Names that a shell could take for something else. */
const name = fc
  .string({ unit: fc.constantFrom(..."abé '\"\\$`*?[]~!#&;|<>(){}=-. "), minLength: 1, maxLength: 8 })
  .filter((text) => text !== "." && text !== ".." && !/^\s|\s$/.test(text));

const content = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("", "\n", "x", "x\n\n", "\nboundary0x0 end\n").map((text) => Buffer.from(text)),
);

const thing = fc.oneof(
  fc.record({
    kind: fc.constant("file" as const),
    content,
    mode: fc.constantFrom(0o644, 0o600, 0o4755, 0o1777, 0o000),
  }),
  fc.record({ kind: fc.constant("directory" as const), names: fc.uniqueArray(name, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("link" as const), to: name }),
  fc.record({ kind: fc.constant("hard" as const), content }),
);

const tree = fc.dictionary(name, thing, { maxKeys: 6, noNullPrototype: true });

async function plant(root: string, things: typeof tree extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  for (const [named, each] of Object.entries(things)) {
    const path = join(root, named);
    if (each.kind === "directory") {
      await mkdir(path);
      for (const inner of each.names) await writeFile(join(path, inner), inner);
    } else if (each.kind === "link") await symlink(each.to, path);
    else {
      await writeFile(path, each.content);
      if (each.kind === "hard") await link(path, `${path}+`);
      else await chmod(path, each.mode);
    }
    await lutimes(path, 1_500_000_000.75, 1_400_000_000.5);
  }
}

function needsIn(root: string, names: readonly string[]): readonly Need[] {
  const paths = [root, ...names.map((each) => join(root, each)), ...names.map((each) => join(root, each, "deeper"))];
  const asks = ["stat", "read", "sum", "names", "writable"] as const;
  return paths.flatMap((of) => asks.map((ask) => ({ ask, of })));
}

function plainFacts(facts: Facts) {
  return Object.fromEntries(ASKS.map((ask) => [ask, Object.fromEntries([...facts[ask]].toSorted())]));
}

describe.each(there.map((sh) => ({ program: sh[0], sh })))("facts by $program", ({ sh }) => {
  it("are the same as by Node, whatever lies there", { timeout: 120_000 }, async () => {
    const shell = shellTarget("shell", sh, SURROUNDINGS);
    await fc.assert(
      fc.asyncProperty(tree, async (things) => {
        const root = await mkdtemp(join(tmpdir(), "muster-facts-"));
        try {
          await plant(root, things);
          const names = [...Object.keys(things), "missing"];
          const links = Object.entries(things).flatMap(([each, { kind }]) => (kind === "link" ? [each] : []));
          const needs = needsOf([
            ...needsIn(root, names),
            ...links.map((each): Need => ({ ask: "link", of: join(root, each) })),
          ]);
          const here = noFacts();
          await gatherHere(needs, here, NEVER);
          expect(plainFacts(await shell.gather(needs, PATIENT, NEVER))).toEqual(plainFacts(here));
        } finally {
          await rm(root, { recursive: true });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are the same of the kernel's tables, of accounts, and of what is not there", async () => {
    const shell = shellTarget("shell", sh, SURROUNDINGS);
    const paths = [
      "/proc/mounts",
      "/etc/passwd",
      "/etc/group",
      "/dev/null",
      "/etc/passwd/below",
      "/proc/sys/kernel/ostype",
    ];
    const needs = needsOf(
      paths.flatMap((of): Need[] => [
        { ask: "read", of },
        { ask: "sum", of: `${of}.not` },
        // Busybox asks nobody on behalf of root, and does not know that the kernel lets not even root write there.
        ...(of.startsWith("/proc/") ? [] : [{ ask: "writable", of } as const]),
        { ask: "writable", of: `${of}.not` },
      ]),
    );
    const here = noFacts();
    await gatherHere(needs, here, NEVER);
    expect(plainFacts(await shell.gather(needs, PATIENT, NEVER))).toEqual(plainFacts(here));
  });

  it("are the same of links that lead nowhere, and of what would lie behind them", async () => {
    const root = await mkdtemp(join(tmpdir(), "muster-facts-"));
    await symlink("loop", join(root, "loop"));
    await symlink("none", join(root, "dangling"));
    const [loop, behind] = [join(root, "loop"), join(root, "loop", "deeper")];
    const here = noFacts();
    const needs = needsOf(needsIn(root, ["loop", "dangling"]));
    await gatherHere(needs, here, NEVER);
    expect([here.stat.get(loop)?.kind, here.read.get(loop)?.kind]).toEqual(["known", "unknown"]);
    expect([here.stat.get(behind)?.kind, here.read.get(behind)?.kind]).toEqual(["none", "none"]);
    expect(plainFacts(await shellTarget("shell", sh, SURROUNDINGS).gather(needs, PATIENT, NEVER))).toEqual(
      plainFacts(here),
    );
    await rm(root, { recursive: true });
  });

  it("tell of this very process that it runs", async () => {
    const needs = needsOf([{ ask: "processes", of: "" }]);
    const here = noFacts();
    await gatherHere(needs, here, NEVER);
    const own = (await readFile("/proc/self/comm", "utf8")).trim();
    const facts = await shellTarget("shell", sh, SURROUNDINGS).gather(needs, PATIENT, NEVER);
    for (const each of [here, facts]) {
      const answer = each.processes.get("");
      expect(answer?.kind === "known" && answer.value.includes(own)).toBe(true);
    }
  });
});

it("what Node gathers is a part of all facts", () => {
  expect(ASKS).toEqual(expect.arrayContaining([...ASKED_HERE]));
});
