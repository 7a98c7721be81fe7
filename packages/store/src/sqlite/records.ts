import type { DatabaseSync } from "node:sqlite";
import { isObject, type Json, type Mark } from "@muster/model";
import type { Claim, Claiming, Declaration, Writes } from "../contract.ts";
import { confirmClaimable } from "../lease.ts";
import { Damage, jsonOf, type Row, someJsonOf, textOf } from "./rows.ts";

/** Declarations, memory and claims. */
export interface RecordTables {
  /** Within a transaction: a claim that is taken throws when other things are written already. */
  write(stack: string, writes: Writes): void;
  declarations(): readonly Declaration[];
  declaration(stack: string): Declaration | undefined;
  memory(stack: string, group: string): Json | undefined;
  memories(stack: string, beginning: string): ReadonlyMap<string, Json>;
  claims(stack: string, owner?: string): readonly Claim[];
  claimed(type: string, scope: string, id: string): Claim | undefined;
}

export function recordTables(db: DatabaseSync): RecordTables {
  const declarations = db.prepare("SELECT declaration FROM declarations ORDER BY stack");
  const declaration = db.prepare("SELECT declaration FROM declarations WHERE stack = ?");
  const putDeclaration = db.prepare("INSERT OR REPLACE INTO declarations (stack, declaration) VALUES (?, ?)");
  const dropDeclaration = db.prepare("DELETE FROM declarations WHERE stack = ?");
  const memory = db.prepare("SELECT memory FROM memories WHERE stack = ? AND groupName = ?");
  const memories = db.prepare(
    "SELECT groupName, memory FROM memories WHERE stack = ? AND groupName >= ? AND groupName < ? ORDER BY groupName",
  );
  const putMemory = db.prepare("INSERT OR REPLACE INTO memories (stack, groupName, memory) VALUES (?, ?, ?)");
  const dropMemory = db.prepare("DELETE FROM memories WHERE stack = ? AND groupName = ?");
  const claims = db.prepare(
    "SELECT type, scope, id, mark FROM claims WHERE stack = ? AND owner = ? ORDER BY type, scope, id",
  );
  const allClaims = db.prepare("SELECT type, scope, id, mark FROM claims WHERE stack = ? ORDER BY type, scope, id");
  const claimed = db.prepare("SELECT type, scope, id, mark FROM claims WHERE type = ? AND scope = ? AND id = ?");
  const putClaim = db.prepare(
    "INSERT OR REPLACE INTO claims (type, scope, id, stack, owner, mark) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const dropClaim = db.prepare("DELETE FROM claims WHERE type = ? AND scope = ? AND id = ? AND stack = ?");

  function readClaimed(type: string, scope: string, id: string): Claim | undefined {
    const row = claimed.get(type, scope, id);
    return row && claimOf(row);
  }

  function writeClaim(claim: Claiming): void {
    const { type, scope, id, mark } = claim;
    confirmClaimable(claim, readClaimed(type, scope, id));
    putClaim.run(type, scope, id, mark.stack, mark.owner, JSON.stringify(mark));
  }

  return {
    write(stack, writes) {
      if (writes.declaration === null) dropDeclaration.run(stack);
      else if (writes.declaration) putDeclaration.run(stack, JSON.stringify(writes.declaration));
      for (const [group, value] of Object.entries(writes.memory ?? {})) {
        if (value === null) dropMemory.run(stack, group);
        else putMemory.run(stack, group, JSON.stringify(value));
      }
      for (const { type, scope, id } of writes.release ?? []) dropClaim.run(type, scope, id, stack);
      for (const claim of writes.claim ?? []) writeClaim(claim);
    },
    declarations: () => declarations.all().map((row) => declarationOf(someJsonOf(row, "declaration"))),
    declaration(stack) {
      const row = declaration.get(stack);
      return row && declarationOf(someJsonOf(row, "declaration"));
    },
    memory: (stack, group) => jsonOf<Json>(memory.get(stack, group), "memory"),
    memories(stack, beginning) {
      const rows = memories.all(stack, beginning, `${beginning}\u{10ffff}`);
      return new Map(rows.map((row) => [String(row["groupName"]), jsonOf<Json>(row, "memory") ?? null]));
    },
    claims: (stack, owner) => (owner === undefined ? allClaims.all(stack) : claims.all(stack, owner)).map(claimOf),
    claimed: readClaimed,
  };
}

/** What the rest of Muster goes by; what a document says is read elsewhere, and told of then. */
function declarationOf(value: Json): Declaration {
  const said = isObject(value) ? value : {};
  if (typeof said["stack"] !== "string") throw new Damage("a declaration has no text as its stack");
  if (typeof said["generation"] !== "number") throw new Damage("a declaration has no number as its generation");
  if (!isDocument(said["document"])) throw new Damage("a declaration has no document");
  if (!isObject(said["steering"])) throw new Damage("a declaration has no steering");
  if (!isObject(said["former"])) throw new Damage("a declaration has no former documents");
  return value as unknown as Declaration;
}

function isDocument(value: unknown): boolean {
  if (!isObject(value) || !isObject(value["data"])) return false;
  return value["dialect"] === "muster" || value["dialect"] === "infrakit";
}

function claimOf(row: Row): Claim {
  return {
    type: textOf(row, "type"),
    scope: textOf(row, "scope"),
    id: textOf(row, "id"),
    mark: someJsonOf<Mark>(row, "mark"),
  };
}
