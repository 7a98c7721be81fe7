/** The two example plugins, as a reader of the guide runs them: real processes, the conformance kit, a group. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { documentOf, grammar, readDocument, stackOf } from "@muster/declaration";
import { vanilla } from "@muster/flavors";
import { isConverged } from "@muster/model";
import { type Catalog, conform, connectPlugin, type StatementResult } from "@muster/plugin";
import { keepStack, type StackKeeper, systemClock } from "@muster/runtime";
import { memoryStore, thisProcess } from "@muster/store";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { end, startPlugin } from "./support/plugin-process.ts";

const examples = resolve(import.meta.dirname, "../examples");
const DEADLINE = { timeout: 15_000, interval: 5 };

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) process.stdout.write("There is no python3 here: the plugin in Python is not tried\n");

interface Example {
  readonly name: string;
  readonly folder: string;
  readonly command: string;
  args(notes: string): readonly string[];
}

const inTypeScript: Example = {
  name: "TypeScript",
  folder: join(examples, "plugin-typescript"),
  command: process.execPath,
  args: (notes) => [join(examples, "plugin-typescript/note.ts"), "--dir", notes],
};

const inPython: Example = {
  name: "Python",
  folder: join(examples, "plugin-python"),
  command: "python3",
  args: (notes) => [join(examples, "plugin-python/note.py"), notes],
};

describe.each(hasPython ? [inTypeScript, inPython] : [inTypeScript])("the plugin in $name", (example) => {
  it("keeps the contract", async () => {
    const { socket, notes } = await started(example);
    const results: StatementResult[] = [];
    for await (const result of conform(socket)) results.push(result);
    expect(results.filter((each) => each.kind === "fails")).toEqual([]);
    expect(results.filter((each) => each.kind === "holds").length).toBeGreaterThan(30);
    expect(await namesIn(notes)).toEqual([]);
  });

  it("is driven by a group, and what is deleted or changed by hand is put right", async () => {
    const { socket, notes } = await started(example);
    const keeper = await keep(example, socket);
    await converged(keeper);
    const before = await namesIn(notes);
    expect(await textsIn(notes)).toEqual(["Feed 0", "Feed 1", "Feed 2"]);

    const [deleted = "", changed = ""] = before;
    await rm(join(notes, deleted));
    await vi.waitFor(async () => {
      const now = await namesIn(notes);
      expect(now).toHaveLength(3);
      expect(now).not.toContain(deleted);
    }, DEADLINE);
    await converged(keeper);

    const was = await readFile(join(notes, changed), "utf8");
    await writeFile(join(notes, changed), "Sell the cow");
    await vi.waitFor(async () => expect(await readFile(join(notes, changed), "utf8")).toBe(was), DEADLINE);
    expect(await textsIn(notes)).toEqual(["Feed 0", "Feed 1", "Feed 2"]);
  });

  it("leaves what it made when it ends, and knows it again when it is back", async () => {
    const first = await started(example);
    const keeper = await keep(example, first.socket);
    await converged(keeper);
    await keeper.close();
    const before = await namesIn(first.notes);
    expect(await end(first.process)).toBe(0);
    expect(existsSync(first.socket)).toBe(false);

    const { socket } = await started(example, first);
    await converged(await keep(example, socket));
    expect(await namesIn(first.notes)).toEqual(before);
  });
});

describe("the guide", () => {
  it("shows the plugin in TypeScript as it is", async () => {
    const guide = await readFile(resolve(examples, "../docs/guide/plugins.md"), "utf8");
    const shown = guide.match(/```ts\n(const plugin = .*?)```/s)?.[1];
    expect(shown).toContain("definePlugin");
    expect(await readFile(join(inTypeScript.folder, "note.ts"), "utf8")).toContain(shown);
  });
});

async function started(example: Example, at?: { readonly folder: string }) {
  const folder = at?.folder ?? (await temporaryFolder());
  const notes = join(folder, "notes");
  const process = await startPlugin(example.command, example.args(notes), folder);
  return { folder, notes, process, socket: join(folder, "note") };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The stack beside the example, kept over its socket. */
async function keep({ folder }: Example, socket: string): Promise<StackKeeper> {
  const connection = await connectPlugin(socket);
  onTestFinished(() => connection.close());
  const catalog: Catalog = {
    type: (name) => connection.types.find((type) => type.name === name),
    flavor: (name) => (name === vanilla.name ? vanilla : undefined),
    typeNames: () => connection.types.map(({ name }) => name),
    flavorNames: () => [vanilla.name],
    onChange: () => () => undefined,
  };
  const document = documentOf(await readDocument(join(folder, "stack.yaml"), { sdk: "", env: {} }));
  const store = memoryStore();
  const lease = await store.acquire(stackOf(document).name, thisProcess("none", "test"), async () => false);
  const keeper = await keepStack({
    ...{ store, lease, catalog, clock: systemClock },
    grammar,
    settings: {},
    io: { now: Date.now, randomBytes },
    onEvent: () => undefined,
    onStatus: () => undefined,
    onLost(error) {
      throw error;
    },
  });
  onTestFinished(() => keeper.close());
  await keeper.commit(document, "stack.yaml", "user:ann");
  return keeper;
}

function converged(keeper: StackKeeper): Promise<void> {
  return vi.waitFor(() => {
    const status = keeper.groups()[0]?.status;
    expect(status !== undefined && isConverged(status)).toBe(true);
  }, DEADLINE);
}

async function namesIn(notes: string): Promise<readonly string[]> {
  return (await readdir(notes)).filter((name) => !name.startsWith(".")).sort();
}

async function textsIn(notes: string): Promise<readonly string[]> {
  const names = await namesIn(notes);
  return (await Promise.all(names.map((name) => readFile(join(notes, name), "utf8")))).sort();
}
