import type { DatabaseSync } from "node:sqlite";
import type { Json, Mark } from "@muster/model";
import type { Claim, Declaration, Writes } from "../contract.ts";
import { confirmClaimable } from "../lease.ts";
import { jsonOf, type Row, someJsonOf, textOf } from "./rows.ts";

/** Declarations, memory and claims. */
export interface RecordTables {
  /** Within a transaction: a claim that is taken throws when other things are written already. */
  write(stack: string, writes: Writes): void;
  declarations(): readonly Declaration[];
  declaration(stack: string): Declaration | undefined;
  memory(stack: string, group: string): Json | undefined;
  claims(stack: string, owner: string): readonly Claim[];
  claimed(type: string, scope: string, id: string): Claim | undefined;
}

export function recordTables(db: DatabaseSync): RecordTables {
  const declarations = db.prepare("SELECT declaration FROM declarations ORDER BY stack");
  const declaration = db.prepare("SELECT declaration FROM declarations WHERE stack = ?");
  const putDeclaration = db.prepare("INSERT OR REPLACE INTO declarations (stack, declaration) VALUES (?, ?)");
  const dropDeclaration = db.prepare("DELETE FROM declarations WHERE stack = ?");
  const memory = db.prepare("SELECT memory FROM memories WHERE stack = ? AND groupName = ?");
  const putMemory = db.prepare("INSERT OR REPLACE INTO memories (stack, groupName, memory) VALUES (?, ?, ?)");
  const dropMemory = db.prepare("DELETE FROM memories WHERE stack = ? AND groupName = ?");
  const claims = db.prepare(
    "SELECT type, scope, id, mark FROM claims WHERE stack = ? AND owner = ? ORDER BY type, scope, id",
  );
  const claimed = db.prepare("SELECT type, scope, id, mark FROM claims WHERE type = ? AND scope = ? AND id = ?");
  const putClaim = db.prepare(
    "INSERT OR REPLACE INTO claims (type, scope, id, stack, owner, mark) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const dropClaim = db.prepare("DELETE FROM claims WHERE type = ? AND scope = ? AND id = ? AND stack = ?");

  function readClaimed(type: string, scope: string, id: string): Claim | undefined {
    const row = claimed.get(type, scope, id);
    return row && claimOf(row);
  }

  function writeClaim(claim: Claim): void {
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
    declarations: () => declarations.all().map((row) => someJsonOf<Declaration>(row, "declaration")),
    declaration: (stack) => jsonOf<Declaration>(declaration.get(stack), "declaration"),
    memory: (stack, group) => jsonOf<Json>(memory.get(stack, group), "memory"),
    claims: (stack, owner) => claims.all(stack, owner).map(claimOf),
    claimed: readClaimed,
  };
}

function claimOf(row: Row): Claim {
  return {
    type: textOf(row, "type"),
    scope: textOf(row, "scope"),
    id: textOf(row, "id"),
    mark: someJsonOf<Mark>(row, "mark"),
  };
}
