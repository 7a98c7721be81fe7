/** The example that brings a resource, as its README runs it: a plugin process, and the real command. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { conform, type StatementResult } from "@muster/plugin";
import { simulate } from "@muster/sdk/testing";
import { describe, expect, it } from "vitest";
import sqlite from "../examples/plugin-resource/table.ts";
import { MUSTER } from "./crash/run.ts";
import { type ExampleRoom, openExample } from "./support/example-room.ts";
import { startPlugin } from "./support/plugin-process.ts";

interface Orders extends ExampleRoom {
  readonly socket: string;
  readonly database: string;
  /** Does something to the database that Muster knows nothing of. */
  byHand(sql: string): void;
  conf(): string;
}

async function orders(): Promise<Orders> {
  const room = openExample("plugin-resource");
  const plugins = join(room.home, "run/muster/plugins");
  const database = join(room.folder, "orders.db");
  const words = ["plugin", "run", join(room.folder, "table.ts"), "--set", `file=${database}`];
  await startPlugin(process.execPath, [MUSTER, ...words], plugins);
  room.edit("stack.yaml", "/srv/orders", room.folder);
  return {
    ...room,
    database,
    socket: join(plugins, "sqlite"),
    byHand(sql) {
      const open = new DatabaseSync(database, { timeout: 5_000 });
      open.exec(sql);
      open.close();
    },
    conf: () => readFileSync(join(room.folder, "orders.conf"), "utf8"),
  };
}

describe("a resource that a plugin brings", () => {
  it("keeps the contract, with nothing said of what to make", async () => {
    const { socket } = await orders();
    const results: StatementResult[] = [];
    for await (const result of conform(socket)) results.push(result);
    expect(results.filter((each) => each.kind === "fails")).toEqual([]);
    const held = results.flatMap((each) => (each.kind === "holds" ? [each.says] : []));
    expect(held).toContain("a list shows everything, and everything once");
    expect(held).toContain("what can be read of it besides is what it says, of the kinds that it says");
    expect(held).toContain("assess says what making a thing and what keeping it would mean, and changes nothing");
  });

  it("is made before the file that refers to it, changed, and destroyed after it", async () => {
    const { muster, edit, conf, database } = await orders();
    const made = await muster("apply", "--yes", "stack.yaml");
    expect(made).toMatch(/sqlite-table\.orders made[\s\S]*orders\.conf made/);
    const columns = '{"id":"integer","customer":"text","total":"real"}';
    expect(conf()).toBe(`database = ${database}\ntable = orders\ncolumns = ${columns}\n`);
    expect(await muster("plan", "stack.yaml")).toContain("Nothing to do");
    edit("stack.yaml", "total: real", "total: real, note: text");
    expect(await muster("apply", "--yes", "stack.yaml")).toContain("columns are added");
    expect(conf()).toContain('"note":"text"');
    const destroyed = await muster("destroy", "--yes", "stack.yaml");
    expect(destroyed).toMatch(/orders\.conf destroyed[\s\S]*sqlite-table\.orders destroyed/);
    expect(await muster("resource", "sqlite-table")).toContain("no sqlite-table");
  });

  it("that loses something is changed only where somebody agrees, and some changes cannot be", async () => {
    const { muster, edit, byHand } = await orders();
    await muster("apply", "--yes", "stack.yaml");
    byHand("INSERT INTO orders (id, customer) VALUES (1, 'Ann')");
    edit("stack.yaml", "customer: text, ", "");
    await expect(muster("apply", "--yes", "stack.yaml")).rejects.toThrow(/needs-consent[\s\S]*Nothing was touched/);
    expect(await muster("apply", "--yes", "--allow", "irreversible", "stack.yaml")).toContain("customer is lost");
    edit("stack.yaml", "total: real", "total: text");
    await expect(muster("apply", "--yes", "stack.yaml")).rejects.toThrow(/the kind of total cannot be changed/);
  });

  it("drifts when somebody else changes it, and is put right where nothing is lost by it", async () => {
    const { muster, byHand } = await orders();
    await muster("apply", "--yes", "stack.yaml");
    byHand("ALTER TABLE orders DROP COLUMN total");
    await expect(muster("drift", "stack.yaml")).rejects.toThrow(/sqlite-table\.orders\s+change in place/);
    await muster("apply", "--yes", "stack.yaml");
    byHand("ALTER TABLE orders ADD COLUMN note text");
    await expect(muster("drift", "stack.yaml")).rejects.toThrow(/what is in note is lost/);
    expect(await muster("resource", "sqlite-table", "orders")).toMatch(/note: text/);
  });

  it("is validated, explained and shown like any other", async () => {
    const { muster, edit, byHand } = await orders();
    const explained = await muster("explain", "sqlite-table");
    expect(explained).toMatch(/columns\s+mapping to one of .*`text`.*in-place, irreversible/);
    expect(explained).toMatch(/rows\s+whole number\s+How many rows it has/);
    byHand('CREATE TABLE "other" (a VARCHAR(20))');
    expect(await muster("resource", "sqlite-table", "other")).toMatch(/other:\s+columns:\s+a: text/);
    edit("stack.yaml", "customer: text", "customer: varchar");
    await expect(muster("plan", "stack.yaml")).rejects.toThrow(/must be one of integer[\s\S]*stack\.yaml:11/);
    edit("stack.yaml", "customer: varchar", "customer: text");
    edit("stack.yaml", "sqlite-table.orders.name", "sqlite-table.orders.nam");
    await expect(muster("plan", "stack.yaml")).rejects.toThrow(/did you mean `name`/);
  });

  it("can be tested without a database", async () => {
    const file = resolve(import.meta.dirname, "../examples/plugin-resource/stack.yaml");
    const world = await simulate(file, { types: sqlite.types });
    await world.apply();
    expect(world.things("sqlite-table")).toMatchObject([{ id: "orders", properties: { rows: 1 } }]);
    const [conf] = world.things("file");
    expect(conf?.properties["content"]).toContain("database = database of orders");
  });

  it("is shown by the guide as it is", async () => {
    const guide = await readFile(resolve(import.meta.dirname, "../docs/guide/plugins.md"), "utf8");
    const table = await readFile(resolve(import.meta.dirname, "../examples/plugin-resource/table.ts"), "utf8");
    const section = guide.split("## A whole resource")[1]?.split("\n## ")[0] ?? "";
    const shown = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    expect(shown).toHaveLength(2);
    for (const part of shown) expect(withoutIndent(table)).toContain(withoutIndent(part));
  });
});

function withoutIndent(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}
