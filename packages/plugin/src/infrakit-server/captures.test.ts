/**
 * What InfraKit's real programs were asked and answered, replayed byte for byte. The recordings lie beside the
 * repository and are not part of it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject, type Json, type JsonObject } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Dialect } from "../infrakit/dialects.ts";
import { observedOf } from "../infrakit/spec.ts";
import type { Plugin } from "../server/plugin.ts";
import { servePlugin } from "../server/serve.ts";
import { groupsInMemory } from "../testing/groups.ts";
import { herd, herdType, io, plainFlavor } from "../testing/herd.ts";
import { exchange, post, type RawAnswer, temporaryFolder } from "../testing/sockets.ts";

interface Recorded {
  readonly role: string;
  readonly method: string;
  readonly outcome: "ok" | "error";
  readonly request_raw: string;
  readonly response_raw: string;
}

const folder = resolve(import.meta.dirname, "../../../../../shared/facts/infrakit-captures");
const recorded = existsSync(folder);
if (!recorded) process.stdout.write(`InfraKit's recordings are not at ${folder}: they are not replayed\n`);

const eras: readonly { readonly dialect: Dialect; readonly file: string }[] = [
  { dialect: "walk-through", file: "blog2016-exchanges.json" },
  { dialect: "v0.1", file: "v0.1.0-exchanges.json" },
  { dialect: "master", file: "master-exchanges.json" },
];

const ROLES = ["instance", "flavor", "group"];

describe.runIf(recorded)("InfraKit's recorded exchanges", () => {
  for (const { dialect, file } of eras) {
    const exchanges = (recorded ? read(file) : []).filter((each) => isReplayed(each, dialect));
    describe(`of ${dialect}, by a plugin that speaks nothing else`, () => {
      it.each(exchanges.map(named))("%s", async (_name, each) => {
        compare(await replay(each, [dialect]), each);
      });
    });
    // Where the eras contradict each other: a plugin that speaks all of them knows the handshakes of all of them.
    const agreeing = exchanges.filter((each) => each.outcome === "ok" && !isOverruled(each, dialect));
    describe(`of ${dialect}, by a plugin that speaks everything`, () => {
      it.each(agreeing.map(named))("%s", async (_name, each) => {
        compare(await replay(each, undefined), each);
      });
    });
  }

  it("of v0.5 are answered", async () => {
    const lines = readFileSync(join(folder, "v0.5-rpc.txt"), "utf8").split("\n");
    const requests = lines.filter((line) => line.startsWith("> ")).map((line) => line.slice(2));
    const responses = lines.filter((line) => line.startsWith("< ")).map((line) => line.slice(2));
    expect(requests.length).toBeGreaterThan(0);
    for (const [index, request] of requests.entries()) {
      const method = request.match(/"method":"([^"]+)"/)?.[1] ?? "";
      const response = responses[index] ?? "";
      const role = /Group/.test(method) || /Group/.test(response) ? "group" : "instance";
      const whole = `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${response}`;
      const each = { role, method, outcome: "ok", request_raw: post(request), response_raw: whole } as const;
      compare(await replay(each, ["v0.5"]), each);
      compare(await replay(each, undefined), each);
    }
  });
});

function read(file: string): readonly Recorded[] {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

function named(each: Recorded, index: number): [string, Recorded] {
  return [`${index + 1}. ${each.method === "" ? "half a request" : each.method} (${each.outcome})`, each];
}

function isReplayed({ role, method, outcome }: Recorded, dialect: Dialect): boolean {
  if (!ROLES.includes(role)) return false;
  // The walk-through's group plugin is not stood in for.
  if (role === "group" && dialect === "walk-through") return false;
  // Master refused the size 0; to Muster it is a size like any other.
  return !(method === "Group.SetSize" && outcome === "error");
}

/** v0.1 answered 405 to every GET; master has pages there, and master wins. */
function isOverruled({ method }: Recorded, dialect: Dialect): boolean {
  return dialect === "v0.1" && method.startsWith("info/");
}

/** Asks a plugin that stands where the recorded one stood. */
async function replay(each: Recorded, dialects: readonly Dialect[] | undefined): Promise<RawAnswer> {
  const socket = join(await temporaryFolder(), "plugin");
  const plugin = await servePlugin({ socket, ...pluginFor(each), ...(dialects === undefined ? {} : { dialects }) });
  onTestFinished(plugin.close);
  return exchange(socket, each.request_raw);
}

/** What was there when the exchange was recorded: as the answer tells it, and what the request means by name. */
function pluginFor(each: Recorded): Plugin {
  const base = { name: "recorded", version: "1", types: [], flavors: [], io };
  if (each.role === "flavor") return { ...base, flavors: [plainFlavor()] };
  if (each.role === "group") return { ...base, group: groupsFor(each) };
  const provider = herd();
  if (each.outcome === "ok") {
    for (const description of descriptionsIn(resultOf(each.response_raw))) provider.put(observedOf(description, 1));
    if (/Destroy|Label/.test(each.method)) {
      for (const [id] of each.request_raw.matchAll(/instance-\d+/g)) provider.put(observedOf({ ID: id }, 1));
    }
  }
  return { ...base, types: [{ type: herdType, provider }] };
}

function groupsFor(each: Recorded) {
  const groups = groupsInMemory();
  if (each.outcome === "error") return groups;
  const result = resultOf(each.response_raw);
  const id = each.request_raw.match(/"ID":"([^"]+)"/)?.[1];
  const instances = [...descriptionsIn(result), ...namedIn(each.request_raw)].map((each) => observedOf(each, 1));
  const size = isObject(result) && typeof result["Size"] === "number" ? result["Size"] : instances.length;
  if (id !== undefined) groups.put({ ID: id, Properties: {} }, size, instances);
  for (const spec of isObject(result) && Array.isArray(result["Groups"]) ? result["Groups"] : []) {
    if (!isObject(spec) || !isObject(spec["Properties"])) continue;
    // As it was declared, without what InfraKit put in.
    const { Updating: _, Allocation, ...rest } = spec["Properties"];
    const declared = { ...rest, Allocation: { Size: isObject(Allocation) ? (Allocation["Size"] ?? 0) : 0 } };
    groups.put({ ID: String(spec["ID"]), Properties: declared }, 0, []);
  }
  return groups;
}

function namedIn(request: string): readonly JsonObject[] {
  return [...request.matchAll(/instance-\d+/g)].map(([id]) => ({ ID: id }));
}

function descriptionsIn(result: Json): readonly JsonObject[] {
  if (Array.isArray(result)) return result.filter(isObject);
  if (!isObject(result)) return [];
  const inner = isObject(result["Description"]) ? result["Description"]["Instances"] : result["Descriptions"];
  return Array.isArray(inner) ? inner.filter(isObject) : [];
}

function resultOf(response: string): Json {
  const value = jsonOf(bodyOf(response));
  return isObject(value) && value["result"] !== undefined ? value["result"] : value;
}

function bodyOf(response: string): string {
  return response.slice(response.indexOf("\r\n\r\n") + 4);
}

function jsonOf(body: string): Json {
  return body.startsWith("{") || body.startsWith("[") ? JSON.parse(body) : body;
}

/** Status, content type and id to the letter; results and error codes by meaning; message texts are free. */
function compare(answer: RawAnswer, each: Recorded): void {
  const [head = ""] = each.response_raw.split("\r\n\r\n");
  const body = bodyOf(each.response_raw);
  expect(answer.status).toBe(Number(head.split(" ")[1]));
  expect(answer.headers["content-type"]).toBe(head.match(/^Content-Type: (.*)$/im)?.[1]?.trim());
  expect(idOf(answer.body)).toBe(idOf(body));
  if (each.method.startsWith("info/") && answer.status === 200) comparePages(answer.body, each);
  else expect(meaning(jsonOf(answer.body))).toEqual(meaning(jsonOf(body)));
}

function idOf(body: string): string | undefined {
  return body.match(/"id":(\d+)}\n?$/)?.[1];
}

/** Of master's pages the form is what matters: the text of functions and examples is the program's own. */
function comparePages(body: string, { method, response_raw }: Recorded): void {
  const page = JSON.parse(body);
  if (method === "info/functions.json") {
    expect(page).toEqual({ builtin: expect.any(Array) });
    return;
  }
  const was = JSON.parse(bodyOf(response_raw));
  const methods = (api: typeof was) =>
    api.Interfaces.flatMap((each: typeof was) => each.Methods.map((one: typeof was) => one.Request.method));
  expect(methods(page)).toEqual(methods(was));
  expect(page.Implements).toEqual(was.Implements);
  expect(Object.keys(page.Vendor)).toEqual(Object.keys(was.Vendor));
  for (const [index, one] of page.Interfaces[0].Methods.entries()) {
    const before = was.Interfaces[0].Methods[index];
    expect(Object.keys(one.Request.params)).toEqual(Object.keys(before.Request.params));
    expect(one.Response.result).toEqual(before.Response.result);
  }
}

/** The value with everything taken out that a program is free to say in its own way. */
function meaning(value: Json): Json {
  if (Array.isArray(value)) return value.map(meaning);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    switch (key) {
      case "message":
      case "Details":
        return [[key, typeof inner]];
      case "error":
        return [[key, typeof inner === "string" ? typeof inner : meaning(inner)]];
      // Compared to the letter, as text.
      case "id":
        return [];
      // The walk-through put an empty first line before the lines of the flavor.
      case "Init":
        return [[key, String(inner).trim()]];
      case "ID":
        return [[key, String(inner).replace(/^instance-\d+$/, "instance")]];
      // A plugin may offer more versions than the one that was recorded.
      case "APIs":
        return [
          [
            key,
            Array.isArray(inner)
              ? inner
                  .filter((each) => !isOlder(each))
                  .map(byName)
                  .sort()
              : inner,
          ],
        ];
      case "Types":
        return [
          [
            key,
            isObject(inner)
              ? Object.keys(inner)
                  .filter((each) => each !== "Instance/0.3.0")
                  .sort()
              : inner,
          ],
        ];
      default:
        return [[key, meaning(inner)]];
    }
  });
  return Object.fromEntries(entries);
}

function isOlder(each: Json): boolean {
  return isObject(each) && each["Version"] === "0.3.0";
}

function byName(each: Json): string {
  return isObject(each) ? `${each["Name"]}/${each["Version"]}` : "";
}
