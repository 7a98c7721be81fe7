// A table of a SQLite database. Its name is all that it is known by: a table cannot bear tags.
import { watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { definePlugin, ProviderError, runPlugin, z } from "@muster/sdk";

const identifier = z.string().regex(/^[a-z][a-z0-9_-]*$/, "must be made of small letters, digits, `_` and `-`");
const columns = z
  .record(identifier, z.enum(["integer", "real", "numeric", "text", "blob"]))
  .describe("Its columns by name, and what each holds")
  .meta({ examples: [{ id: "integer" }, { id: "integer", note: "text" }] });
type Columns = z.infer<typeof columns>;

const plugin = definePlugin({
  name: "sqlite",
  settings: z.strictObject({ file: z.string().default("data.db") }),
  open: async ({ file }) => void open(file),
  types: [
    {
      known: "claim",
      name: "sqlite-table",
      naming: "name",
      summary: "a table of a SQLite database",
      schema: z.strictObject({ name: identifier.describe("Its name in the database"), columns }),
      outputs: z.object({
        database: z.string().describe("The file of the database that it is in"),
        rows: z.int().describe("How many rows it has"),
      }),
      effects: { columns: "in-place" },
      irreversible: ["columns"],

      read: async (name, { settings }) => read(settings.file, name),
      list: async ({ settings }) => tablesIn(settings.file).flatMap((name) => read(settings.file, name) ?? []),

      async validate({ name, columns }) {
        if (name.startsWith("sqlite_"))
          throw new ProviderError("invalid", "names that begin with sqlite_ are SQLite's");
        if (Object.keys(columns).length === 0) throw new ProviderError("invalid", "a table has at least one column");
      },
      async create({ name, columns }, { settings }) {
        const all = Object.entries(columns).map(([column, kind]) => `${quoted(column)} ${kind}`);
        carryOut(settings.file, [`CREATE TABLE ${quoted(name)} (${all.join(", ")})`]);
      },
      async update({ id, properties }, { columns }, { settings }) {
        const { added, dropped } = difference(properties.columns, columns);
        carryOut(settings.file, [
          ...added.map((column) => `ALTER TABLE ${quoted(id)} ADD COLUMN ${quoted(column)} ${columns[column]}`),
          ...dropped.map((column) => `ALTER TABLE ${quoted(id)} DROP COLUMN ${quoted(column)}`),
        ]);
      },
      destroy: async (name, { settings }) => carryOut(settings.file, [`DROP TABLE IF EXISTS ${quoted(name)}`]),

      // What a change means hangs on the columns: one that is added can be taken away again, one that is dropped is lost.
      async assess(from, { columns }) {
        if (from === undefined || columns === undefined) return {};
        const { dropped, other } = difference(from.properties.columns, columns);
        if (other.length > 0) {
          const reason = `the kind of ${other.join(", ")} cannot be changed`;
          const next = "Declare a column of another name as well, and move over what is in the old one.";
          return { effects: { columns: { effect: "impossible", reason, next } } };
        }
        if (dropped.length === 0) return { effects: { columns: { effect: "in-place", reason: "columns are added" } } };
        const reason = `what is in ${dropped.join(", ")} is lost`;
        return { effects: { columns: { effect: "in-place", irreversible: true, reason } } };
      },

      watch(wake, { settings: { file }, signal }) {
        watch(dirname(resolve(file)), { signal }, (_, name) => void (name?.startsWith(basename(file)) && wake()));
      },
    },
  ],
});

const databases = new Map<string, DatabaseSync>();

function open(file: string): DatabaseSync {
  const database = databases.get(file) ?? new DatabaseSync(file, { timeout: 5_000 });
  databases.set(file, database);
  return database;
}

function tablesIn(file: string): readonly string[] {
  const all = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
  return open(file)
    .prepare(all)
    .all()
    .map(({ name }) => String(name));
}

function read(file: string, name: string) {
  if (!tablesIn(file).includes(name)) return undefined;
  const found = open(file).prepare("SELECT name, type FROM pragma_table_info(?)").all(name);
  const columns: Columns = Object.fromEntries(found.map(({ name, type }) => [String(name), kindOf(String(type))]));
  const counted = open(file)
    .prepare(`SELECT count(*) AS rows FROM ${quoted(name)}`)
    .get();
  return { id: name, properties: { name, columns }, outputs: { database: resolve(file), rows: Number(counted?.rows) } };
}

/** SQLite takes any word for the type of a column, and makes one of five kinds of it (sqlite.org/datatype3.html, 3.1). */
function kindOf(type: string): Columns[string] {
  if (/int/i.test(type)) return "integer";
  if (/char|clob|text/i.test(type)) return "text";
  if (/blob|^$/i.test(type)) return "blob";
  return /real|floa|doub/i.test(type) ? "real" : "numeric";
}

/** All of it or nothing. */
function carryOut(file: string, statements: readonly string[]): void {
  const database = open(file);
  try {
    database.exec("BEGIN IMMEDIATE");
    for (const statement of statements) database.exec(statement);
    database.exec("COMMIT");
  } catch (thrown) {
    if (database.isTransaction) database.exec("ROLLBACK");
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ProviderError(message.includes("already exists") ? "conflict" : "retryable", message);
  }
}

function difference(is: Columns = {}, wanted: Columns) {
  return {
    added: Object.keys(wanted).filter((column) => !(column in is)),
    dropped: Object.keys(is).filter((column) => !(column in wanted)),
    other: Object.keys(wanted).filter((column) => column in is && is[column] !== wanted[column]),
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export default plugin;
if (import.meta.main) await runPlugin(plugin);
