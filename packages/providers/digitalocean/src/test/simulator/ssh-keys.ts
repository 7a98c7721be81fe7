import { createHash } from "node:crypto";
import { z } from "zod";
import { type Answer, NO_CONTENT, notFound, unprocessable } from "./answer.ts";
import { page } from "./paging.ts";
import { read } from "./read.ts";
import type { Call, Route } from "./route.ts";
import type { SshKey, World } from "./world.ts";

export const KEY_LIST = "/v2/account/keys";

export const keyRoutes: readonly Route[] = [
  { method: "GET", path: KEY_LIST, scope: "ssh_key:read", answer: list },
  { method: "POST", path: KEY_LIST, scope: "ssh_key:create", answer: create },
  { method: "GET", path: `${KEY_LIST}/:key`, scope: "ssh_key:read", answer: get },
  { method: "PUT", path: `${KEY_LIST}/:key`, scope: "ssh_key:update", answer: rename },
  { method: "DELETE", path: `${KEY_LIST}/:key`, scope: "ssh_key:delete", answer: remove },
];

/** By its id or its fingerprint. */
export function findKey(world: World, wanted: string): SshKey | undefined {
  return world.keys.get(Number(wanted)) ?? [...world.keys.values()].find(({ fingerprint }) => fingerprint === wanted);
}

function list({ world, url }: Call): Answer {
  return page(url, "ssh_keys", [...world.keys.values()], view);
}

function create({ world, body }: Call): Answer {
  const { name, public_key } = read(z.object({ name: z.string().min(1), public_key: z.string() }), body);
  const fingerprint = fingerprintOf(public_key);
  if (fingerprint === undefined) throw unprocessable("Key invalid, key should be of the format `type key [comment]`");
  if (findKey(world, fingerprint) !== undefined) throw unprocessable("SSH Key is already in use on your account");
  const key: SshKey = { id: world.nextId("key"), name, publicKey: public_key, fingerprint };
  world.keys.set(key.id, key);
  return { status: 201, body: { ssh_key: view(key) } };
}

function get(call: Call): Answer {
  return { status: 200, body: { ssh_key: view(keyOf(call)) } };
}

function rename(call: Call): Answer {
  const { name } = read(z.object({ name: z.string().min(1).optional() }), call.body);
  const before = keyOf(call);
  const key = { ...before, name: name ?? before.name };
  call.world.keys.set(key.id, key);
  return { status: 200, body: { ssh_key: view(key) } };
}

function remove(call: Call): Answer {
  call.world.keys.delete(keyOf(call).id);
  return NO_CONTENT;
}

function keyOf({ world, params }: Call): SshKey {
  const key = findKey(world, params["key"] ?? "");
  if (key === undefined) throw notFound();
  return key;
}

/** Undefined for what is no public key. */
function fingerprintOf(publicKey: string): string | undefined {
  const [type = "", text = ""] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(text, "base64");
  // A key says its type once more inside.
  if (blob.length < 4 || blob.subarray(4, 4 + blob.readUInt32BE()).toString() !== type) return undefined;
  return createHash("md5").update(blob).digest("hex").match(/../g)?.join(":");
}

function view({ id, fingerprint, publicKey, name }: SshKey): object {
  return { id, fingerprint, public_key: publicKey, name };
}
