/**
 * The conformance kit: runs any plugin through its real socket, in whichever dialect it speaks, and says of each
 * statement of the contract whether it holds.
 */
import { randomBytes } from "node:crypto";
import type { JsonObject } from "@muster/model";
import { connectPlugin, type PluginConnection } from "../client/connect.ts";
import type { Flavor, Io, Type } from "../contract.ts";
import type { RpcAnswer } from "../wire/json-rpc.ts";
import { DEADLINES, type Deadlines } from "../wire/limits.ts";
import { methods } from "../wire/methods.ts";
import { flavorStatements } from "./flavors.ts";
import { type Raw, rawSocket } from "./raw.ts";
import type { StatementResult } from "./result.ts";
import { type Statement, tryAll } from "./statement.ts";
import { sampleFor } from "./subject.ts";
import { tryType } from "./types.ts";
import { eraStatements, HANDSHAKE, sized, walkthroughStatements } from "./wire-infrakit.ts";
import { helloStatements, musterWireStatements } from "./wire-muster.ts";
import { rpcStatements } from "./wire-rpc.ts";

export interface ConformOptions {
  /** For every type and flavor whose schema accepts them; for the others the least properties are made up. */
  readonly properties?: JsonObject;
  /** How long the effect of a call may take to show, in milliseconds; unless told, `settleMs` of the type and 3 s more. */
  readonly patience?: number;
  readonly deadlines?: Partial<Deadlines>;
}

const WIRE = "the wire";
const DRAIN = 10_000;

/**
 * Tries every statement of the contract that the plugin can be held to, one after another. What it makes it destroys
 * again, also when a statement does not hold or nobody reads on; what was there before is not touched.
 *
 * @param socket a socket, or a `.listen` file, as in the plugin directory.
 * @throws `plugin.unreachable` for a `.listen` file that names no place.
 */
export async function* conform(socket: string, options: ConformOptions = {}): AsyncGenerator<StatementResult> {
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const raw = await rawSocket(socket, deadlines.ask);
  const hello = await helloOf(await rawSocket(socket, deadlines.probe));
  if (!(yield* tryAll(WIRE, hello === undefined ? [] : helloStatements(hello)))) return;

  const found: { connection?: PluginConnection } = {};
  if (!(yield* tryAll(WIRE, [connectStatement(socket, deadlines, found)]))) return;
  const { connection } = found;
  if (connection === undefined) return;
  try {
    yield* tryAll(WIRE, wireStatements(raw, connection));
    const told = toldBy(hello);
    for (const type of connection.types) {
      const jsonSchema = told.get(type.name);
      yield* tryType(type, connection, { raw, io, ...options, ...(jsonSchema === undefined ? {} : { jsonSchema }) });
    }
    for (const flavor of connection.flavors) yield* tryFlavor(flavor, connection, options);
  } finally {
    connection.close();
  }
}

const io: Io = { now: Date.now, randomBytes };

/** The answer to Muster's own handshake; undefined where it is not known. Where nobody answers, connecting will say why. */
async function helloOf(raw: Raw): Promise<RpcAnswer | undefined> {
  const answer = await raw.rpc(methods.hello.name, {}).catch(() => undefined);
  return answer?.kind === "fault" ? undefined : answer;
}

/** The schemas of types as the plugin itself has them: what they give as examples is nowhere else. */
function toldBy(hello: RpcAnswer | undefined): ReadonlyMap<string, JsonObject> {
  const read = methods.hello.result.safeParse(hello?.kind === "result" ? hello.result : undefined);
  return new Map((read.data?.types ?? []).map(({ name, schema }) => [name, schema]));
}

function connectStatement(socket: string, deadlines: Deadlines, found: { connection?: PluginConnection }): Statement {
  return {
    says: "it answers the handshake of a dialect that Muster speaks",
    next: "Begin with `muster/hello`: docs/guide/plugins.md shows it with curl.",
    gate: true,
    async check() {
      found.connection = await connectPlugin(socket, { deadlines });
    },
  };
}

function wireStatements(raw: Raw, { dialect, types }: PluginConnection): readonly Statement[] {
  switch (dialect) {
    case "muster":
      return [...rpcStatements(raw, methods.hello.name), ...musterWireStatements(raw)];
    case "walk-through":
      return walkthroughStatements(raw, { instance: types.length > 0 });
    case "v0.1":
    case "v0.5":
    case "master":
      return [...rpcStatements(raw, HANDSHAKE[dialect]), ...eraStatements(raw, dialect)];
  }
}

function tryFlavor(flavor: Flavor, { dialect, types }: PluginConnection, options: ConformOptions) {
  const given = options.properties ?? (dialect === "walk-through" ? sized : undefined);
  const statements = flavorStatements({
    flavor,
    muster: dialect === "muster",
    sample: sampleFor(flavor.schema, { given }),
    template: templateOf(types),
    patience: options.patience ?? DRAIN,
  });
  return tryAll(`flavor ${flavor.name}`, statements);
}

/** A member's properties to show to a flavor. */
function templateOf([type]: readonly Type[]): JsonObject {
  const plain = { properties: { conformance: "template" } };
  if (type === undefined) return plain;
  return type.schema.safeParse(plain).success ? plain : sampleFor(type.schema).good;
}
