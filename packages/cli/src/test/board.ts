/** Groups whose members can be ill, kept by a real `muster serve` with real plugins. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GroupDetail } from "@muster/daemon";
import type { Event } from "@muster/model";
import { expect } from "vitest";
import { type Ended, type House, openHouse, type Running, until } from "./house.ts";

/** A flavor whose members are healthy unless they say `bad`. */
const PROOFREAD = fileURLToPath(new URL("../../../../examples/rollout/proofread.ts", import.meta.url));
/** Members of this one never leave by themselves. */
const CLINGS = `import { definePlugin, z } from "@muster/sdk";
  export default definePlugin({
    name: "clings",
    flavors: [{ name: "clings", schema: z.strictObject({}), drain: () => new Promise(() => {}) }],
  });`;

export interface Declared {
  readonly size?: number;
  readonly note?: string;
  readonly flavor?: object;
  readonly rollout?: object;
  readonly repair?: object;
}

/** A group `web` in a stack of its own, whose members are files in a directory of its own. */
export interface Board {
  declare(declared: Declared): Promise<string>;
  /** Declares it and waits for what comes of it. */
  apply(declared: Declared): Promise<Ended>;
  /** Only declares it. */
  begin(declared: Declared): Promise<void>;
  group(verb: string, ...words: readonly string[]): Promise<Ended>;
  detail(): Promise<GroupDetail>;
  /** What the members say, in order. */
  notes(): readonly string[];
  files(): readonly string[];
  /** Waits until the members say this. */
  says(...notes: readonly string[]): Promise<void>;
  /** Waits until `muster group ls` shows this state. */
  is(state: string): Promise<void>;
  /** Writes something else into so many members, all at one moment. */
  scribble(count: number, note: string): void;
  events(): Promise<readonly Event[]>;
}

export function boardIn(house: House, stack: string, serve: () => Running): Board {
  const dir = house.path(stack);
  const files = () => (existsSync(dir) ? readdirSync(dir).filter((name) => !name.startsWith(".")) : []);
  const noteIn = (file: string): string => JSON.parse(readFileSync(join(dir, file), "utf8")).Spec.Properties.Note;
  const notes = () => files().map(noteIn).sort();
  const group = (verb: string, ...words: readonly string[]) => house.run("group", verb, `${stack}/web`, ...words);
  const declare = ({ size = 3, note = "v1", flavor = { proofread: {} }, ...policies }: Declared) => {
    const template = { "instance-file": { properties: { Note: note } } };
    const groups = { web: { size, template, flavor, ...policies } };
    return house.write(`${stack}.json`, { stack, providers: { "instance-file": { dir } }, groups });
  };
  return {
    declare,
    group,
    notes,
    files,
    apply: async (declared) => house.run("apply", await declare(declared), "--yes"),
    begin: async (declared) => {
      const { code, err } = await house.run("apply", await declare(declared), "--yes", "--no-wait");
      expect([code, err]).toEqual([0, ""]);
    },
    detail: async () => JSON.parse((await group("describe", "--output", "json")).out),
    says: (...wanted) =>
      until(
        () => notes().join() === wanted.join(),
        () => notes().join(),
      ),
    async is(state) {
      for (let asked = 0; asked < 200; asked++) {
        const { out } = await house.run("group", "ls");
        if (out.split("\n").some((line) => line.startsWith(`${stack}/web`) && line.includes(`  ${state}`))) return;
      }
      throw new Error(`${stack} does not become ${state}: ${(await group("describe")).out}`);
    },
    scribble(count, note) {
      serve().signal("SIGSTOP");
      for (const file of files().slice(0, count)) {
        const record = JSON.parse(readFileSync(join(dir, file), "utf8"));
        record.Spec.Properties.Note = note;
        writeFileSync(join(dir, file), JSON.stringify(record));
      }
      serve().signal("SIGCONT");
    },
    async events() {
      const { out } = await house.run("events", stack, "--since", "1h", "--output", "json");
      return out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    },
  };
}

/** A house with the plugins, and a service that knows them. */
export async function openBoards(): Promise<{ house: House; serve: Running }> {
  const house = await openHouse();
  const plugin = house.start("plugin", "run", PROOFREAD);
  const clings = house.start("plugin", "run", await house.write("clings.ts", CLINGS));
  await Promise.all([plugin.says("serves"), clings.says("serves")]);
  const serve = house.start("serve");
  await serve.says("serving at");
  return { house, serve };
}
