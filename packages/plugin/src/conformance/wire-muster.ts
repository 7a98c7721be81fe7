import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isObject, type Json } from "@muster/model";
import { z } from "zod";
import type { RpcAnswer } from "../wire/json-rpc.ts";
import { methods, PROTOCOL, type ServedFlavor, type ServedType } from "../wire/methods.ts";
import type { Raw } from "./raw.ts";
import { propertyNames } from "./sample.ts";
import { demand, NotOffered, type Statement } from "./statement.ts";
import { isKnownKind, KNOWN_KINDS } from "./subject.ts";

const { hello, list } = methods;

/** What the handshake of Muster's own wire is held to. All else stands on it. */
export function helloStatements(answer: RpcAnswer): readonly Statement[] {
  return [
    {
      says: "it says what it serves, in the form of `muster/hello`",
      next: "Compare the answer with `muster/hello` in docs/reference/wire.md.",
      gate: true,
      async check() {
        demand(answer.kind === "result", "a result", answer);
        const read = hello.result.safeParse(answer.result);
        demand(read.success, "the form of `muster/hello`", read.success ? "" : z.prettifyError(read.error));
      },
    },
    {
      says: `it speaks version ${PROTOCOL} of the protocol`,
      next: "Use a Muster and a plugin of the same version.",
      gate: true,
      async check() {
        const { protocol } = resultOf(answer);
        demand(protocol === PROTOCOL, `"protocol":${PROTOCOL}`, protocol);
      },
    },
    {
      says: "its schemas are JSON Schema",
      next: "Mend the schema: draft 2020-12, an object with `properties`.",
      gate: true,
      async check() {
        for (const served of servedBy(answer)) {
          for (const schema of [served.schema, ...("outputs" in served && served.outputs ? [served.outputs] : [])]) {
            const failure = schemaFailure(schema);
            demand(failure === undefined, `a JSON Schema for \`${served.name}\``, failure);
          }
        }
      },
    },
    {
      says: "its effects are of properties that its schemas know",
      next: "Correct the names in `effects`; a property that is not named there is had by replacing.",
      async check() {
        for (const { name, schema, effects } of servedBy(answer)) demandKnown(name, schema, Object.keys(effects));
      },
    },
    {
      says: "what it says of single properties is of such as its schemas know",
      next: "Correct the names in `naming`, `irreversible`, `unreadable` and `unordered`.",
      async check() {
        for (const { name, schema, naming, irreversible, unreadable, unordered } of typesIn(answer)) {
          const named = [...(naming === undefined ? [] : [naming]), ...(irreversible ?? []), ...(unreadable ?? [])];
          demandKnown(name, schema, [...named, ...(unordered ?? [])]);
        }
      },
    },
    {
      says: "what can be read of things and what can be declared of them have names apart",
      next: "Take out of `outputs` what is a property: a property is read as well.",
      async check() {
        for (const { name, schema, outputs = {} } of typesIn(answer)) {
          const declared = propertyNames(schema);
          const both = propertyNames(outputs).find((each) => declared.includes(each));
          demand(both === undefined, `outputs of \`${name}\` that are no properties`, both);
        }
      },
    },
  ];
}

/** What the socket and the calls are held to, beside JSON-RPC. */
export function musterWireStatements(raw: Raw): readonly Statement[] {
  return [
    {
      says: "its socket is closed to others",
      next: "Make the socket with mode 0600, in a directory with mode 0700.",
      async check() {
        if (raw.path === undefined) throw new NotOffered("it does not answer at a unix socket");
        const socket = (await stat(raw.path)).mode & 0o777;
        const directory = (await stat(dirname(raw.path))).mode & 0o777;
        const open = (socket & 0o077) !== 0 || (directory & 0o077) !== 0;
        demand(!open, "a socket of mode 600 in a directory of mode 700", `${octal(socket)} in ${octal(directory)}`);
      },
    },
    {
      says: "parameters of the wrong kind are answered with an error",
      next: "Check the parameters of a call before it is carried out.",
      async check() {
        for (const params of [{ type: 5, by: {} }, 5, null]) {
          const answer = await raw.rpc(list.name, params);
          demand(answer.kind === "fault", `an error for the parameters ${JSON.stringify(params)}`, answer);
        }
      },
    },
    {
      says: "a failure says what kind it is of",
      next: "Put `kind` into the error's `data`; see `FailureKind` in docs/guide/plugins.md.",
      async check() {
        const answer = await raw.rpc(list.name, { type: "conformance-no-such-type", by: {} });
        demand(answer.kind === "fault", "an error for a type that is not there", answer);
        const { data } = answer.fault;
        const kind: Json | undefined = isObject(data) ? data["kind"] : undefined;
        demand(isKnownKind(kind), `\`data.kind\` to be one of ${KNOWN_KINDS}`, data);
      },
    },
  ];
}

function resultOf(answer: RpcAnswer) {
  return answer.kind === "result" ? answer.result : {};
}

function demandKnown(name: string, schema: ServedType["schema"], named: readonly string[]): void {
  const known = propertyNames(schema);
  const stranger = named.find((each) => !known.includes(each));
  demand(stranger === undefined, `one of ${known.join(", ")} for \`${name}\``, stranger);
}

function typesIn(answer: RpcAnswer): readonly ServedType[] {
  return hello.result.parse(resultOf(answer)).types;
}

function servedBy(answer: RpcAnswer): readonly (ServedType | ServedFlavor)[] {
  const { types, flavors } = hello.result.parse(resultOf(answer));
  return [...types, ...flavors];
}

/** Why a schema cannot be used; undefined when it can. */
function schemaFailure(schema: ServedType["schema"]): string | undefined {
  try {
    z.fromJSONSchema(schema);
    return undefined;
  } catch (thrown) {
    return String(thrown);
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}
